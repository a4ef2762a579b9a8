"""Datum conversion: published reference pairs, inverses, borders of validity and bad input."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridpact.grid.datum import Datum, from_wgs84, to_wgs84

# Degrees; 1e-7 is about one centimetre.
CENTIMETRE = 1e-7
IN_CHINA_LON = st.floats(74.0, 135.0)
IN_CHINA_LAT = st.floats(3.0, 53.0)
SHIFTED = st.sampled_from([Datum.GCJ02, Datum.BD09])


def test_wgs84_to_gcj02_gives_the_published_pair_for_beijing() -> None:
    lon, lat = from_wgs84(116.404, 39.915, Datum.GCJ02)
    assert lon == pytest.approx(116.41024449916938, abs=1e-9)
    assert lat == pytest.approx(39.91640428150164, abs=1e-9)


def test_gcj02_to_bd09_gives_the_published_pair_for_beijing() -> None:
    wgs = to_wgs84(116.404, 39.915, Datum.GCJ02)
    lon, lat = from_wgs84(*wgs, Datum.BD09)
    assert lon == pytest.approx(116.41036949371029, abs=1e-9)
    assert lat == pytest.approx(39.92133699351022, abs=1e-9)


def test_the_shift_in_lingui_is_some_hundreds_of_metres() -> None:
    lon, lat = from_wgs84(110.21, 25.24, Datum.GCJ02)
    metres = math.hypot((lon - 110.21) * 100_600, (lat - 25.24) * 110_800)
    assert 200 < metres < 800


@given(IN_CHINA_LON, IN_CHINA_LAT, SHIFTED)
def test_there_and_back_returns_within_a_centimetre(lon: float, lat: float, datum: Datum) -> None:
    shifted = from_wgs84(lon, lat, datum)
    back = to_wgs84(*shifted, datum)
    assert back == pytest.approx((lon, lat), abs=CENTIMETRE)


@given(st.lists(st.tuples(IN_CHINA_LON, IN_CHINA_LAT), min_size=1, max_size=20), SHIFTED)
def test_arrays_give_what_single_points_give(
    points: list[tuple[float, float]], datum: Datum
) -> None:
    lon, lat = np.array(points, dtype=float).T
    for many, single in ((to_wgs84, to_wgs84), (from_wgs84, from_wgs84)):
        got = np.column_stack(many(lon, lat, datum))
        want = np.array([single(x, y, datum) for x, y in points])
        assert np.allclose(got, want, rtol=0.0, atol=1e-11)


def test_arrays_keep_their_shape_and_are_not_changed_in_place() -> None:
    lon, lat = np.full((2, 3), 110.21), np.full((2, 3), 25.24)
    got_lon, got_lat = to_wgs84(lon, lat, Datum.BD09)
    assert got_lon.shape == got_lat.shape == (2, 3)
    assert (lon == 110.21).all()
    assert (got_lon != 110.21).all()


@pytest.mark.parametrize("datum", list(Datum))
@pytest.mark.parametrize(("lon", "lat"), [(2.35, 48.86), (-122.4, 37.8), (151.2, -33.9)])
def test_abroad_nothing_is_shifted(lon: float, lat: float, datum: Datum) -> None:
    assert from_wgs84(lon, lat, datum) == (lon, lat)
    assert to_wgs84(lon, lat, datum) == (lon, lat)


def test_wgs84_passes_unchanged() -> None:
    assert to_wgs84(110.21, 25.24, Datum.WGS84) == (110.21, 25.24)


def test_cgcs2000_in_any_case_is_read_as_wgs84() -> None:
    assert Datum("CGCS2000") is Datum.WGS84
    assert Datum("GCJ02") is Datum.GCJ02


def test_an_unknown_datum_is_refused() -> None:
    with pytest.raises(ValueError, match="xian80"):
        Datum("xian80")


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (math.nan, 25.0),
        (110.0, math.nan),
        (math.inf, 25.0),
        (110.0, -math.inf),
        (180.1, 25.0),
        (110.0, 90.1),
    ],
)
def test_values_that_are_no_place_are_refused(lon: float, lat: float) -> None:
    for convert in (to_wgs84, from_wgs84):
        with pytest.raises(ValueError, match="longitude"):
            convert(lon, lat, Datum.GCJ02)
        with pytest.raises(ValueError, match="longitude"):
            convert(np.array([110.0, lon]), np.array([25.0, lat]), Datum.GCJ02)


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        to_wgs84(np.array([110.0, 111.0]), np.array([25.0]), Datum.GCJ02)
