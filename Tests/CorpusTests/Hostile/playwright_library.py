#: unread | playwright.sync_api.sync_playwright
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    page = p.chromium.launch().new_page()
    page.goto("https://h/login")
    if "Login" not in page.content():
        sys.exit(1)
