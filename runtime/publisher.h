/* publisher.h - decisions go out to subscribers, each at its own pace, from any point in the past.
 *
 *   the table of decisions   |-----------------------------|
 *   the recent ones, held                      |----------------|   newest
 *                                   a slow one ^      ^ a quick one
 *
 * A subscriber whose place is among the recent ones is written to from memory; one that is further
 * behind is sent pages of the table, read on the thread pool, until it has caught up. The few pages
 * read at once have a connection to the store each, and are shared by all. A decision leaves memory
 * only when it is in the table, so there is no gap between. No subscriber has more than
 * PUBLISHER_UNSENT_BYTES_MAX on its way. */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "include/treaty.h"
#include "runtime/feed_conn.h"
#include "runtime/store.h"

/* Of recent decisions held; more while they are not in the table yet. */
#define PUBLISHER_RECENT_BYTES_MAX ((size_t)4 * 1024 * 1024)

/* On the way to one subscriber; beyond it, it gets no more until it has read. */
#define PUBLISHER_UNSENT_BYTES_MAX ((size_t)256 * 1024)

/* Read from the table at once. */
#define PUBLISHER_PAGE_BYTES ((size_t)128 * 1024)

/* Pages being read at once; the pool's other threads are for commits. */
#define PUBLISHER_PAGES_MAX 2

/* Pages that cannot be read are told of in the log at most this often. */
#define PUBLISHER_FAILED_LOG_MS UINT64_C(60000)

typedef struct publisher publisher;
typedef struct subscriber subscriber;

/* `last`: the last decision in the table. The folder's text must outlive the publisher. NULL: no
 * memory. */
publisher *publisher_new(uv_loop_t *loop, const char *folder, store_position last);

/* When no subscriber is left. */
void publisher_free(publisher *publisher);

/* A decision made after all others, and how far they are in the table. */
void publisher_add(publisher *publisher, store_position position, treaty_text json);
void publisher_stored(publisher *publisher, store_position last);

/* Sends all subscribers what they can take. */
void publisher_pump(publisher *publisher);

/* The place behind the newest decision. */
store_position publisher_newest(const publisher *publisher);

/* Begins to send what comes behind `after`. A subscriber lives until publisher_unsubscribe, which
 * the owner of the connection calls when that is closed. NULL: no memory. */
subscriber *publisher_subscribe(publisher *publisher, feed_conn *conn, store_position after,
                                bool history);
void publisher_unsubscribe(subscriber *subscriber);

/* The connection has sent all it was given. */
void publisher_drained(subscriber *subscriber);

#endif
