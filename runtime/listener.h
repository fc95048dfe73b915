/* listener.h - a socket that clients connect to, TCP or unix.
 *
 *   open ──> listening <──> resting       no file is left for another connection: it is closed, so
 *                │             │          that its loop has time for all else, and tried again
 *                └──> closed <─┘ */
#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>
#include <uv.h>

#include "runtime/address.h"
#include "runtime/buffer.h"

/* How long it rests, and how often the log says so at most. */
#define LISTENER_REST_MS UINT64_C(1000)
#define LISTENER_LOG_MS  UINT64_C(60000)

/* A client has connected, and is to be accepted. */
typedef void (*listener_call)(void *owner, uv_stream_t *stream);

typedef struct listener {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } socket;
  uv_timer_t rest;
  bool open;       /* from listener_open to listener_close */
  bool has_socket; /* false: it rests */
  address address; /* as it is bound: with the port that was given for port 0 */
  listener_call accept;
  void *owner;
  bool told;
  uint64_t told_ms; /* when the log last heard of a rest, on uv_now's clock */
} listener;

/* Binds and listens; `accept` is called when the loop runs. False: `why` says why, and it is to be
 * closed all the same. */
bool listener_open(listener *listener, uv_loop_t *loop, const address *address,
                   listener_call accept, void *owner, buffer *why);

/* Even when it is not open. */
void listener_close(listener *listener);

#endif
