#!/usr/bin/env python
# Written for Python 2, and never finished.
import sys, urllib2


def page(domain):
    print "looking at", domain
    return urllib2.urlopen("https://%s/status/default" % domain).read()


def test_status_page():
    text = page(sys.argv[1]
    assert "Degraded" not in text
