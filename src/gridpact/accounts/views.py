from django.http import HttpResponse


def locked_out(request, response=None, credentials=None):
    return HttpResponse(status=429)
