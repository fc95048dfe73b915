/* listener.c - see listener.h. */
#include "runtime/listener.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* As libuv binds, so that a port in TIME_WAIT is free, and one that is listened on is not. */
static int bind_and_let_go(const address *address) {
  int reuse = 1, file = socket(address->socket.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (file < 0) return -errno;
  if (!address_is_unix(address)) setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  int result = bind(file, &address->socket.any, address->length) < 0 ? -errno : 0;
  close(file);
  if (result == 0 && address_is_unix(address)) unlink(address->socket.local.sun_path);
  return result;
}

bool listener_probe(const address *address, buffer *why) {
  if (address_is_unix(address)) remove_left_over(address);
  int result = bind_and_let_go(address);
  return result == 0 || tell_why(address, uv_strerror(result), why);
}

static int bind_to(listener *listener, uv_loop_t *loop, const address *address) {
  if (address_is_unix(address)) {
    remove_left_over(address);
    uv_pipe_init(loop, &listener->socket.pipe, 0);
    return uv_pipe_bind(&listener->socket.pipe, address->socket.local.sun_path);
  }
  uv_tcp_init(loop, &listener->socket.tcp);
  return uv_tcp_bind(&listener->socket.tcp, &address->socket.any, 0);
}

bool listener_open(listener *listener, uv_loop_t *loop, const address *address,
                   uv_connection_cb on_connection, void *data, buffer *why) {
  listener->address = *address;
  int result = bind_to(listener, loop, address);
  listener->socket.handle.data = data;
  listener->open = true;
  if (result == 0) result = uv_listen(&listener->socket.stream, BACKLOG, on_connection);
  int length = sizeof listener->address.socket;
  if (result == 0 && !address_is_unix(address))
    uv_tcp_getsockname(&listener->socket.tcp, &listener->address.socket.any, &length);
  return result == 0 || tell_why(address, uv_strerror(result), why);
}

void listener_close(listener *listener) {
  if (!listener->open) return;
  listener->open = false;
  uv_close(&listener->socket.handle, NULL);
}
