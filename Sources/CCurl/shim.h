#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo take variable arguments, which Swift cannot pass.
static inline CURLcode ccurl_set_number(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode ccurl_set_debug(CURL *handle, curl_debug_callback callback, void *context) {
    CURLcode code = (curl_easy_setopt)(handle, CURLOPT_DEBUGFUNCTION, callback);
    return code ? code : (curl_easy_setopt)(handle, CURLOPT_DEBUGDATA, context);
}
static inline CURLcode ccurl_set_read(CURL *handle, curl_read_callback callback, void *context) {
    CURLcode code = (curl_easy_setopt)(handle, CURLOPT_READFUNCTION, callback);
    return code ? code : (curl_easy_setopt)(handle, CURLOPT_READDATA, context);
}
static inline CURLcode ccurl_get_number(CURL *handle, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(handle, info, value);
}
