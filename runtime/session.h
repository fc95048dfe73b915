/* session.h - the connections of the service: which part each plays, and how far it is.
 *
 *   new ──hello──> feed        lines in, acknowledgements out; ends when it said so and all is
 * acked
 *    │     ├─────> decisions   a subscriber
 *    │     └─────> turned away
 *    └──(plain listener) plain, a feed without handshake and replies
 *
 * Lines of a feed are counted from 1, blank ones too: 0 <= acked <= flying <= read. What flies is
 * in the batch that is being committed. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "runtime/buffer.h"
#include "runtime/feed_conn.h"
#include "runtime/feed_places.h"
#include "runtime/protocol.h"
#include "runtime/publisher.h"

/* Connections at once, where the system allows so many; more are turned away as they come. */
#define SESSION_COUNT_MAX 1000

/* The first line of a connection comes within this time, or never. */
#define SESSION_HELLO_WAIT_MS UINT64_C(10000)

/* Replies that a feed does not fetch; beyond it, it is not read from. */
#define SESSION_REPLY_BYTES_MAX ((size_t)1024 * 1024)

typedef struct session session;

typedef struct session_settings {
  const char *token; /* NULL: none is asked for */
  size_t event_bytes_max;
  uint64_t idle_ms; /* a feed that neither sends nor fetches anything for so long is closed */
} session_settings;

typedef struct sessions {
  uv_loop_t *loop;
  session_settings settings;
  size_t count_max;
  publisher *publisher;
  feed_places *places;
  /* Told each line of a feed that is not blank; the line lives as long as the call. */
  void (*take_line)(void *context, session *session, const feed_conn_line *line);
  void *context;

  session *first;
  size_t count;
  uint64_t last_number;
  bool held;  /* no feed is read from */
  char *room; /* that all read into */
} sessions;

/* The fields above the gap are set by the caller. False: no memory. */
bool sessions_open(sessions *sessions);

/* When all have ended. */
void sessions_close(sessions *sessions);

void sessions_accept(sessions *sessions, uv_stream_t *listener, bool plain);

/* NULL: it has ended. */
session *sessions_find(sessions *sessions, uint64_t number);

/* Never used twice. */
uint64_t session_number(const session *session);

/* The feed's name, and how many lines it has sent. */
treaty_text session_feed(const session *session);
uint64_t session_lines_read(const session *session);

/* Adds a line, or one that was too long, to all that the feed has sent; gives that. */
feed_prefix session_add_line(session *session, treaty_text line);

/* Forgets the line at hand: it was cut off, and will come again whole. */
void session_unread_line(session *session);

/* Adds a reply: to a line of the batch that gathers, or of the one that was just committed. */
void session_refuse(session *session, uint64_t line_number, treaty_text id,
                    const treaty_refusal *refusal, bool flying);

/* What was read so far leaves with the batch; and is durable. */
void sessions_gather(sessions *sessions);
void sessions_acknowledge(sessions *sessions);

/* Holds all feeds back, or lets them go on. */
void sessions_hold(sessions *sessions, bool held);

/* Closes those that have been idle for too long. */
void sessions_sweep(sessions *sessions);

/* Ends all: politely, or at once. */
void sessions_end(sessions *sessions, bool at_once);

#endif
