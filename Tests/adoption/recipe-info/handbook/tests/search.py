"""A page is found by a word of it."""
import sys
import urllib.request

page = urllib.request.urlopen(sys.argv[1] + "/search?q=welcome").read()
assert b"index.html" in page
