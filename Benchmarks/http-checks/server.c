// Answers GET /check/N with {"id": N, ...} and keeps connections: one thread a connection, so that
// the server is never what is measured. Without an argument it takes a free port, prints it and ends
// when standard input does; `server PORT` ends by a signal.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void *serve(void *argument) {
  int connection = (int)(long)argument;
  char input[16384];
  size_t filled = 0;
  for (;;) {
    ssize_t count = read(connection, input + filled, sizeof input - 1 - filled);
    if (count <= 0) break;
    filled += (size_t)count;
    input[filled] = 0;
    char *end;
    while ((end = strstr(input, "\r\n\r\n"))) {
      long id = 0;
      sscanf(input, "GET /check/%ld", &id);
      char body[256], answer[512];
      int length = snprintf(body, sizeof body,
                            "{\"status\": \"ok\", \"id\": %ld, \"name\": \"check \\\"%ld\\\"\", "
                            "\"nested\": {\"id\": -1, \"list\": [1, 2.5, null, true]}}",
                            id, id);
      int size = snprintf(answer, sizeof answer,
                          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                          "Content-Length: %d\r\n\r\n%s",
                          length, body);
      if (write(connection, answer, (size_t)size) != size) goto done;
      size_t used = (size_t)(end + 4 - input);
      memmove(input, end + 4, filled - used + 1);
      filled -= used;
    }
    if (filled == sizeof input - 1) break;
  }
done:
  close(connection);
  return NULL;
}

static void *accept_all(void *argument) {
  int listener = (int)(long)argument;
  for (;;) {
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) continue;
    int on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    pthread_t thread;
    if (pthread_create(&thread, NULL, serve, (void *)(long)connection) == 0) {
      pthread_detach(thread);
    } else {
      close(connection);
    }
  }
  return NULL;
}

int main(int count, char **arguments) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(count > 1 ? (uint16_t)atoi(arguments[1]) : 0),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 512) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
    perror("server");
    return 1;
  }
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  pthread_t thread;
  if (pthread_create(&thread, NULL, accept_all, (void *)(long)listener) != 0) return 1;
  while (count > 1) pause();
  while (getchar() != EOF) {
  }
  return 0;
}
