/* feed_conn.c - lines are handed out where they lie in the reading room; only one that is begun and
 * not yet complete is kept, up to the limit. */
#include "runtime/feed_conn.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/buffer.h"

struct feed_conn {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } socket;
  uv_timer_t linger;
  uv_shutdown_t shutdown;
  const feed_conn_calls *calls;
  void *owner;
  char *room;
  size_t line_bytes_max;
  buffer begun;        /* of a line whose end has not come; empty while it is too long */
  size_t begun_length; /* of that line, held or not */
  uint64_t active_ms;
  int open_handles;
  int writes; /* under way */
  bool paused, ended, closing, shut_down, aborted;
};

/* One write under way: the bytes follow. */
typedef struct sending {
  uv_write_t request;
  feed_conn *conn;
  char bytes[];
} sending;

/* ---- The end --------------------------------------------------------------------------------- */

static void on_handle_closed(uv_handle_t *handle) {
  feed_conn *conn = handle->data;
  if (--conn->open_handles > 0) return;
  conn->calls->closed(conn->owner);
  buffer_free(&conn->begun);
  free(conn);
}

void feed_conn_abort(feed_conn *conn) {
  if (conn->aborted) return;
  conn->closing = conn->aborted = true;
  uv_close(&conn->socket.handle, on_handle_closed);
  uv_close((uv_handle_t *)&conn->linger, on_handle_closed);
}

static void on_linger_over(uv_timer_t *timer) { feed_conn_abort(timer->data); }

static void on_shutdown(uv_shutdown_t *request, int status) {
  feed_conn *conn = request->data;
  if (conn->aborted) return;
  if (status < 0 || conn->ended)
    feed_conn_abort(conn);
  else
    uv_timer_start(&conn->linger, on_linger_over, FEED_CONN_LINGER_MS, 0);
}

/* Goes on with closing once nothing is left to send. */
static void say_goodbye(feed_conn *conn) {
  if (!conn->closing || conn->aborted || conn->shut_down || conn->writes > 0) return;
  conn->shut_down = true;
  conn->shutdown.data = conn;
  if (uv_shutdown(&conn->shutdown, &conn->socket.stream, on_shutdown) < 0) feed_conn_abort(conn);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void hand_out(feed_conn *conn, const char *bytes, size_t length, bool cut_off) {
  size_t whole = length;
  if (bytes && length > 0 && bytes[length - 1] == '\r') whole--;
  bool too_long = !bytes || whole > conn->line_bytes_max;
  feed_conn_line line = {too_long ? NULL : bytes, whole, cut_off};
  conn->calls->line(conn->owner, &line);
}

/* Keeps the beginning of a line; one that grows too long is let go of, and only its length kept.
 * The limit leaves room for a "\r", which may turn out not to belong to the line. */
static void keep(feed_conn *conn, const char *bytes, size_t length) {
  bool held = conn->begun.length == conn->begun_length;
  conn->begun_length += length;
  if (held && conn->begun_length <= conn->line_bytes_max + 1)
    buffer_put(&conn->begun, bytes, length);
  else
    buffer_free(&conn->begun);
}

/* The line that was begun is complete. */
static void hand_out_begun(feed_conn *conn, bool cut_off) {
  static const char zeros[FEED_CONN_SPARE_BYTES] = {0};
  size_t length = conn->begun_length;
  bool held = conn->begun.length == length;
  if (held) buffer_put(&conn->begun, zeros, sizeof zeros);
  conn->begun_length = 0;
  hand_out(conn, held ? conn->begun.bytes : NULL, length, cut_off);
  buffer_clear(&conn->begun);
}

static void split_lines(feed_conn *conn, const char *bytes, size_t length) {
  const char *end = bytes + length, *line_end;
  for (; !conn->closing && (line_end = memchr(bytes, '\n', (size_t)(end - bytes)));
       bytes = line_end + 1) {
    size_t line_length = (size_t)(line_end - bytes);
    if (conn->begun_length > 0) {
      keep(conn, bytes, line_length);
      hand_out_begun(conn, false);
    } else {
      hand_out(conn, bytes, line_length, false);
    }
  }
  if (!conn->closing && bytes < end) keep(conn, bytes, (size_t)(end - bytes));
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *room) {
  (void)suggested;
  feed_conn *conn = handle->data;
  *room = uv_buf_init(conn->room, FEED_CONN_HELPING_BYTES);
}

static void on_end(feed_conn *conn) {
  conn->ended = true;
  uv_read_stop(&conn->socket.stream);
  if (conn->closing) {
    if (conn->shut_down) feed_conn_abort(conn);
    return;
  }
  if (conn->begun_length > 0) hand_out_begun(conn, true);
  conn->calls->ended(conn->owner);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *room) {
  feed_conn *conn = stream->data;
  if (count == UV_EOF)
    on_end(conn);
  else if (count < 0)
    feed_conn_abort(conn); /* a reset: there is nobody to tell */
  else if (count > 0 && !conn->closing) {
    conn->active_ms = uv_now(stream->loop);
    split_lines(conn, room->base, (size_t)count);
  }
}

void feed_conn_limit_lines(feed_conn *conn, size_t line_bytes_max) {
  conn->line_bytes_max = line_bytes_max;
}

void feed_conn_pause(feed_conn *conn) {
  if (conn->paused || conn->closing || conn->ended) return;
  conn->paused = true;
  uv_read_stop(&conn->socket.stream);
}

void feed_conn_resume(feed_conn *conn) {
  if (!conn->paused || conn->ended || conn->aborted) return;
  conn->paused = false;
  conn->active_ms = uv_now(conn->socket.handle.loop);
  if (uv_read_start(&conn->socket.stream, on_alloc, on_read) < 0) feed_conn_abort(conn);
}

uint64_t feed_conn_active_ms(const feed_conn *conn) { return conn->active_ms; }

/* ---- Writing --------------------------------------------------------------------------------- */

static void on_written(uv_write_t *request, int status) {
  feed_conn *conn = request->data;
  free(request);
  conn->writes--;
  if (conn->aborted) return;
  conn->active_ms = uv_now(conn->socket.handle.loop);
  if (status < 0)
    feed_conn_abort(conn);
  else if (conn->closing)
    say_goodbye(conn);
  else if (conn->writes == 0)
    conn->calls->drained(conn->owner);
}

void feed_conn_send(feed_conn *conn, const char *bytes, size_t length) {
  if (conn->closing || length == 0) return;
  sending *sending = malloc(sizeof *sending + length);
  if (!sending) {
    feed_conn_abort(conn);
    return;
  }
  memcpy(sending->bytes, bytes, length);
  sending->request.data = conn;
  uv_buf_t piece = uv_buf_init(sending->bytes, (unsigned)length);
  if (uv_write(&sending->request, &conn->socket.stream, &piece, 1, on_written) == 0) {
    conn->writes++;
  } else {
    free(sending);
    feed_conn_abort(conn);
  }
}

size_t feed_conn_unsent(const feed_conn *conn) {
  return uv_stream_get_write_queue_size(&conn->socket.stream);
}

void feed_conn_close(feed_conn *conn) {
  if (conn->closing) return;
  feed_conn_resume(conn); /* to throw away what still comes */
  conn->closing = true;
  say_goodbye(conn);
}

/* ---- The beginning --------------------------------------------------------------------------- */

static void tune(uv_tcp_t *socket) {
  int apart_s = FEED_CONN_ALIVE_ASK_S, count = FEED_CONN_ALIVE_ASK_MAX;
  uv_os_fd_t file;
  uv_tcp_nodelay(socket, 1);
  uv_tcp_keepalive(socket, 1, FEED_CONN_ALIVE_S);
  if (uv_fileno((const uv_handle_t *)socket, &file) != 0) return;
  setsockopt(file, IPPROTO_TCP, TCP_KEEPINTVL, &apart_s, sizeof apart_s);
  setsockopt(file, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

feed_conn *feed_conn_open(uv_stream_t *listener, const feed_conn_calls *calls, void *owner,
                          char *room, size_t line_bytes_max) {
  feed_conn *conn = calloc(1, sizeof *conn);
  if (!conn) return NULL;
  uv_loop_t *loop = listener->loop;
  *conn = (feed_conn){.calls = calls,
                      .owner = owner,
                      .room = room,
                      .open_handles = 2,
                      .line_bytes_max = line_bytes_max,
                      .active_ms = uv_now(loop)};
  if (listener->type == UV_TCP)
    uv_tcp_init(loop, &conn->socket.tcp);
  else
    uv_pipe_init(loop, &conn->socket.pipe, 0);
  uv_timer_init(loop, &conn->linger);
  conn->socket.handle.data = conn->linger.data = conn;

  int result = uv_accept(listener, &conn->socket.stream);
  if (result == 0 && listener->type == UV_TCP) tune(&conn->socket.tcp);
  if (result == 0) result = uv_read_start(&conn->socket.stream, on_alloc, on_read);
  if (result < 0) feed_conn_abort(conn); /* the owner hears of it as of any other end */
  return conn;
}
