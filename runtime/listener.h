/* listener.h - a socket that clients connect to, TCP or unix. */
#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>
#include <uv.h>

#include "runtime/address.h"
#include "runtime/buffer.h"

typedef struct listener {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } socket;
  bool open;
  address address; /* as it is bound: with the port that was given for port 0 */
} listener;

/* Whether listener_open would do: binds, and lets go again. For what is to be known before a store
 * is touched; another may still come in between. */
bool listener_probe(const address *address, buffer *why);

/* Binds and listens; `on_connection` is libuv's. The socket's `data` is `data`. False: `why` says
 * why. */
bool listener_open(listener *listener, uv_loop_t *loop, const address *address,
                   uv_connection_cb on_connection, void *data, buffer *why);

/* Even when it is not open. */
void listener_close(listener *listener);

#endif
