"""The handbook answers."""
import sys
import urllib.request

if urllib.request.urlopen(sys.argv[1] + "/healthz").status != 200:
    sys.exit(1)
