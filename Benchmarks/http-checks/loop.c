// The least that 2,000 HTTP checks can cost: libcurl's easy interface in a loop, kept connection,
// the JSON read and two of its fields compared.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct body {
  char *bytes;
  size_t count, capacity;
};

static size_t receive(char *data, size_t size, size_t count, void *context) {
  struct body *body = context;
  size_t length = size * count;
  if (body->count + length + 1 > body->capacity) {
    size_t capacity = (body->count + length + 1) * 2;
    char *bytes = realloc(body->bytes, capacity);
    if (!bytes) return 0;
    body->bytes = bytes;
    body->capacity = capacity;
  }
  memcpy(body->bytes + body->count, data, length);
  body->count += length;
  body->bytes[body->count] = 0;
  return length;
}

static const char *space(const char *at) {
  while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') at++;
  return at;
}

static const char *string_end(const char *at) {
  for (at++; *at && *at != '"'; at++)
    if (*at == '\\' && at[1]) at++;
  return *at ? at + 1 : NULL;
}

// Behind the value that begins here, or NULL where it is none.
static const char *value_end(const char *at) {
  at = space(at);
  if (*at == '"') return string_end(at);
  if (*at == '{' || *at == '[') {
    char open = *at, close = open == '{' ? '}' : ']';
    at = space(at + 1);
    if (*at == close) return at + 1;
    for (;;) {
      if (open == '{') {
        if (*at != '"' || !(at = string_end(at))) return NULL;
        at = space(at);
        if (*at++ != ':') return NULL;
      }
      if (!(at = value_end(at))) return NULL;
      at = space(at);
      if (*at == close) return at + 1;
      if (*at++ != ',') return NULL;
      at = space(at);
    }
  }
  if (!strncmp(at, "true", 4) || !strncmp(at, "null", 4)) return at + 4;
  if (!strncmp(at, "false", 5)) return at + 5;
  char *end;
  strtod(at, &end);
  return end == at ? NULL : end;
}

// The value of a member of the outermost object.
static const char *member(const char *at, const char *name) {
  size_t length = strlen(name);
  at = space(at);
  if (*at++ != '{') return NULL;
  for (at = space(at); *at == '"'; at = space(at)) {
    const char *key = at + 1;
    if (!(at = string_end(at))) return NULL;
    int found = (size_t)(at - 1 - key) == length && !strncmp(key, name, length);
    at = space(at);
    if (*at++ != ':') return NULL;
    at = space(at);
    if (found) return at;
    if (!(at = value_end(at))) return NULL;
    at = space(at);
    if (*at++ != ',') return NULL;
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 3) return fprintf(stderr, "usage: loop URL CHECKS\n"), 64;
  struct body body = {0};
  char url[256];
  long failed = 0;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURL *curl = curl_easy_init();
  if (!curl) return 1;
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  for (long id = 0; id < atol(arguments[2]); id++) {
    snprintf(url, sizeof url, "%s/check/%ld", arguments[1], id);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    body.count = 0;
    long status = 0;
    const char *value;
    int passed = curl_easy_perform(curl) == CURLE_OK &&
                 curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
                 status == 200 && value_end(body.bytes) && (value = member(body.bytes, "id")) &&
                 strtol(value, NULL, 10) == id && (value = member(body.bytes, "status")) &&
                 !strncmp(value, "\"ok\"", 4);
    if (!passed) failed++;
  }
  curl_easy_cleanup(curl);
  free(body.bytes);
  printf("%ld failed\n", failed);
  return failed ? 1 : 0;
}
