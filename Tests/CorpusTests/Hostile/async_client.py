#: request | GET /a
#: assert | GET /a | status | == 200
#: assert | GET /a | field version | counts as true
import pytest, httpx
@pytest.mark.asyncio
async def test_it():
    async with httpx.AsyncClient(base_url="https://h") as client:
        r = await client.get("/a")
        assert r.status_code == 200
        assert r.json()["version"]
