#: request | GET /health
#: assert | GET /health | status | < 400
import sys, requests
def main(base):
    try:
        r = requests.get(base + "/health", timeout=5)
        r.raise_for_status()
    except requests.RequestException as error:
        print(error)
        return 1
    return 0
if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
