#: request | GET {…}
#: assert | GET {…} | status | == 200
import argparse, logging, sys, requests
log = logging.getLogger(__name__)
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("--path", default="/x")
    args = parser.parse_args()
    r = requests.get(args.base.rstrip("/") + args.path)
    log.info("status %s", r.status_code)
    if r.status_code != 200:
        log.error("no")
        return 1
    return 0
if __name__ == "__main__":
    sys.exit(main())
