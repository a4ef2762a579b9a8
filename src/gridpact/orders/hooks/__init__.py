"""Where other apps are joined: what orders ask of upper apps, and answer to lower ones."""
