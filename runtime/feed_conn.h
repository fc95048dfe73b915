/* feed_conn.h - one connection of a client: its lines come in, other lines go out.
 *
 *   opened ──> reading <──> paused          feed_conn_close, by whoever wants it, even twice
 *                 │            │
 *                 └─────> closing: what was sent leaves, the other side is told (half-close), what
 *                            │     still comes is thrown away, so that no reset eats our last words
 *                         closed, freed
 *
 * feed_conn_open alone makes a connection, its close callback alone frees it, just after telling
 * the owner. A line lives only during the call that hands it over. */
#ifndef FEED_CONN_H
#define FEED_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* Read at once, by all connections into the same room. */
#define FEED_CONN_HELPING_BYTES ((size_t)64 * 1024)

/* So many bytes behind a line can be read, whatever they hold. */
#define FEED_CONN_SPARE_BYTES 64

/* A peer that is gone without a word is found out when this has passed in silence, and then so many
 * questions, so far apart, got no answer: within a minute. */
#define FEED_CONN_ALIVE_S       30
#define FEED_CONN_ALIVE_ASK_S   10
#define FEED_CONN_ALIVE_ASK_MAX 3

/* How long a closing connection waits for the other side to end, too. */
#define FEED_CONN_LINGER_MS 1000

typedef struct feed_conn feed_conn;

typedef struct feed_conn_line {
  const char *bytes; /* without "\n" or "\r\n"; NULL: longer than the limit, and not held */
  size_t length;
  bool cut_off; /* the other side ended without a line end behind it */
} feed_conn_line;

/* What a connection tells its owner. */
typedef struct feed_conn_calls {
  void (*line)(void *owner, const feed_conn_line *line);
  void (*ended)(void *owner);   /* no more lines will come; it can still be written to */
  void (*drained)(void *owner); /* all that was sent has left */
  void (*closed)(void *owner);  /* the connection is gone when this returns */
} feed_conn_calls;

/* Accepts from a listener (TCP or pipe) and starts to read. `room` is FEED_CONN_HELPING_BYTES +
 * FEED_CONN_SPARE_BYTES long, shared and the caller's. NULL: it could not be accepted; `owner` was
 * not told anything. */
feed_conn *feed_conn_open(uv_stream_t *listener, const feed_conn_calls *calls, void *owner,
                          char *room, size_t line_bytes_max);

/* For lines that come from now on. */
void feed_conn_limit_lines(feed_conn *conn, size_t line_bytes_max);

void feed_conn_send(feed_conn *conn, const char *bytes, size_t length);

/* Bytes sent that have not left. */
size_t feed_conn_unsent(const feed_conn *conn);

/* Paused, nothing is read, and the other side has to wait. Lines already read still come. */
void feed_conn_pause(feed_conn *conn);
void feed_conn_resume(feed_conn *conn);

/* When something was last read or fetched, or the connection was resumed, on uv_now's clock. */
uint64_t feed_conn_active_ms(const feed_conn *conn);

/* Closes politely, or at once. No more lines come. */
void feed_conn_close(feed_conn *conn);
void feed_conn_abort(feed_conn *conn);

#endif
