#: request | GET /
#: assert | GET / | value BeautifulSoup(requests.get("https://h/").text, "html.parser").find("title") | is there
#: assert | GET / | value BeautifulSoup(requests.get("https://h/").text, "html.parser").find("title").text | contains "Welcome"
import sys, requests
from bs4 import BeautifulSoup
soup = BeautifulSoup(requests.get("https://h/").text, "html.parser")
title = soup.find("title")
if title is None or "Welcome" not in title.text:
    sys.exit(1)
