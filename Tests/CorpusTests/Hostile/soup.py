#: request | GET /
#: assert | GET / | value bs4.BeautifulSoup of body.find("title") | is there
#: assert | GET / | value bs4.BeautifulSoup of body.find("title").text | contains "Welcome"
import sys, requests
from bs4 import BeautifulSoup
soup = BeautifulSoup(requests.get("https://h/").text, "html.parser")
title = soup.find("title")
if title is None or "Welcome" not in title.text:
    sys.exit(1)
