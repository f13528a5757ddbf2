#: system | exec | docker exec {…} nginx -t
#: assert | exec docker exec {…} nginx -t | exit | == 0
#: assert | exec docker exec {…} nginx -t | value stderr | contains "successful"
import subprocess, sys
p = subprocess.run(["docker", "exec", sys.argv[1], "nginx", "-t"], capture_output=True, text=True)
assert p.returncode == 0
assert "successful" in p.stderr
