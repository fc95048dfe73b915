/* listener.c - see listener.h. */
#include "runtime/listener.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/output.h"

#define BACKLOG 128

/* A socket file that nobody listens behind is left from a service that was killed. What is no
 * socket is somebody's file, and stays. */
static void remove_left_over(const address *address) {
  struct stat there;
  if (lstat(address->socket.local.sun_path, &there) != 0 || !S_ISSOCK(there.st_mode)) return;
  int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (file < 0) return;
  if (connect(file, &address->socket.any, address->length) < 0 && errno == ECONNREFUSED)
    unlink(address->socket.local.sun_path);
  close(file);
}

static bool tell_why(const address *address, const char *reason, buffer *why) {
  buffer_print(why, "could not listen on ");
  address_put(address, why);
  buffer_print(why, ": %s", reason);
  return false;
}

/* ---- Listening ------------------------------------------------------------------------------- */

static void on_connection(uv_stream_t *stream, int status);

static int bind_to(listener *listener, uv_loop_t *loop, const address *address) {
  if (address_is_unix(address)) {
    remove_left_over(address);
    uv_pipe_init(loop, &listener->socket.pipe, 0);
    return uv_pipe_bind(&listener->socket.pipe, address->socket.local.sun_path);
  }
  uv_tcp_init(loop, &listener->socket.tcp);
  return uv_tcp_bind(&listener->socket.tcp, &address->socket.any, 0);
}

/* Gives an error of libuv; the socket's handle is in use even then. */
static int listen_on(listener *listener, uv_loop_t *loop, const address *address) {
  int result = bind_to(listener, loop, address);
  listener->socket.handle.data = listener;
  listener->has_socket = true;
  return result < 0 ? result : uv_listen(&listener->socket.stream, BACKLOG, on_connection);
}

bool listener_open(listener *listener, uv_loop_t *loop, const address *address,
                   listener_call accept, void *owner, buffer *why) {
  listener->address = *address;
  listener->accept = accept;
  listener->owner = owner;
  listener->open = true;
  uv_timer_init(loop, &listener->rest);
  listener->rest.data = listener;
  int result = listen_on(listener, loop, address), length = sizeof listener->address.socket;
  if (result == 0 && !address_is_unix(address))
    uv_tcp_getsockname(&listener->socket.tcp, &listener->address.socket.any, &length);
  return result == 0 || tell_why(address, uv_strerror(result), why);
}

void listener_close(listener *listener) {
  if (!listener->open) return;
  listener->open = false;
  uv_close((uv_handle_t *)&listener->rest, NULL);
  if (listener->has_socket) uv_close(&listener->socket.handle, NULL);
}

/* ---- Resting --------------------------------------------------------------------------------- */

static void tell_rest(listener *listener, int reason) {
  uint64_t now_ms = uv_now(listener->rest.loop);
  if (listener->told && now_ms - listener->told_ms < LISTENER_LOG_MS) return;
  listener->told = true;
  listener->told_ms = now_ms;
  buffer text = {0};
  address_put(&listener->address, &text);
  say("no connection is taken on %s: %s; it is tried again each second", buffer_text(&text),
      uv_strerror(reason));
  buffer_free(&text);
}

static void on_rest_over(uv_timer_t *timer);

static void on_socket_closed(uv_handle_t *handle) {
  listener *listener = handle->data;
  if (listener->open) uv_timer_start(&listener->rest, on_rest_over, LISTENER_REST_MS, 0);
}

static void begin_rest(listener *listener, int reason) {
  if (!listener->has_socket) return;
  tell_rest(listener, reason);
  listener->has_socket = false;
  uv_close(&listener->socket.handle, on_socket_closed);
}

static void on_rest_over(uv_timer_t *timer) {
  listener *listener = timer->data;
  int result = listen_on(listener, timer->loop, &listener->address);
  if (result < 0) begin_rest(listener, result);
}

/* What the system is short of now, and may have again soon. */
static bool is_shortage(int status) {
  return status == UV_EMFILE || status == UV_ENFILE || status == UV_ENOBUFS || status == UV_ENOMEM;
}

/* Without a file to accept it with, a connection would be told of again and again, and libuv would
 * not come to anything else, not even to a signal. */
static void on_connection(uv_stream_t *stream, int status) {
  listener *listener = stream->data;
  if (status == 0)
    listener->accept(listener->owner, stream);
  else if (is_shortage(status))
    begin_rest(listener, status);
}
