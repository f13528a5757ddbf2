#pragma once
#include <curl/curl.h>

// `curl_easy_setopt` and its like are variadic, which Swift cannot call: one inline function for
// each type of argument, and nothing else.

static inline CURLcode shim_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_bytes(CURL *handle, CURLoption option, const void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_list(CURL *handle, CURLoption option,
                                          struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_callback(
    CURL *handle, CURLoption option,
    size_t (*value)(char *data, size_t size, size_t count, void *context)) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_socket_callback(
    CURL *handle, CURLoption option,
    int (*value)(void *context, curl_socket_t socket, curlsocktype purpose)) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_debug_callback(
    CURL *handle, int (*value)(CURL *handle, curl_infotype type, char *data, size_t size,
                               void *context)) {
  return curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, value);
}

static inline CURLcode shim_curl_get_list(CURL *handle, CURLINFO info, struct curl_slist **value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode shim_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode shim_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode shim_curl_get_string(CURL *handle, CURLINFO info, const char **value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode shim_curl_get_certificates(CURL *handle, struct curl_certinfo **value) {
  return curl_easy_getinfo(handle, CURLINFO_CERTINFO, value);
}

static inline CURLMcode shim_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

// The result in a message is a member of a union, which reads better on this side.
static inline CURLcode shim_curl_message_result(const CURLMsg *message) {
  return message->data.result;
}

static inline CURLcode shim_curl_global_init(void) {
  return curl_global_init(CURL_GLOBAL_DEFAULT);
}
