#: request | GET /ready
#: request | GET /a
#: assert | GET /ready | status | < 400
#: assert | GET /a | status | < 400
#!/usr/bin/env bats
setup() {
  curl -fs https://h/ready
}
@test "the page is there" {
  run curl -fs https://h/a
  [ "$status" -eq 0 ]
}
