#: unread | page.goto
#: assert | - | value page.title() | == "Plausible"
def test_title(page, base):
    page.goto(base + "/login")
    assert page.title() == "Plausible"
