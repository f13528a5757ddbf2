# SOURCE: recipe-info/plausible/tests/sso.py
def test_login():
    assert True
