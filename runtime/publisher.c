/* publisher.c - see publisher.h. All on the loop, but for page_work. */
#include "runtime/publisher.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/output.h"

typedef struct recent {
  store_position position;
  size_t length;
  char *line; /* with its line end */
} recent;

struct publisher {
  uv_loop_t *loop;
  const char *folder;
  recent *recents; /* recents[first, end), in order */
  size_t first, end, room;
  size_t recent_bytes;
  store_position floor; /* all decisions behind this one are among the recent ones */
  store_position newest;
  store_position stored; /* up to here they are in the table */
  subscriber *subscribers;
  size_t pages;
};

struct subscriber {
  publisher *publisher;
  subscriber *before, *next;
  feed_conn *conn; /* NULL: gone, and freed when its page has been read */
  store_position position;
  bool history;

  /* A page: what the pool's thread works on, and nobody else while it does. */
  uv_work_t work;
  bool reading;
  store_reader *reader;
  store_position floor; /* the publisher's, when the page was begun */
  store_position page_position;
  buffer page, why;
  bool page_end, page_failed;
};

publisher *publisher_new(uv_loop_t *loop, const char *folder, store_position last) {
  publisher *publisher = calloc(1, sizeof *publisher);
  if (!publisher) return NULL;
  publisher->loop = loop;
  publisher->folder = folder;
  publisher->floor = publisher->newest = publisher->stored = last;
  return publisher;
}

void publisher_free(publisher *publisher) {
  if (!publisher) return;
  assert(!publisher->subscribers && publisher->pages == 0);
  for (size_t i = publisher->first; i < publisher->end; i++) free(publisher->recents[i].line);
  free(publisher->recents);
  free(publisher);
}

store_position publisher_newest(const publisher *publisher) { return publisher->newest; }

/* ---- The recent ones ------------------------------------------------------------------------- */

/* Lets go of the oldest, of those that are in the table. */
static void forget_recents(publisher *publisher) {
  while (publisher->recent_bytes > PUBLISHER_RECENT_BYTES_MAX) {
    recent *oldest = &publisher->recents[publisher->first];
    if (store_position_compare(oldest->position, publisher->stored) > 0) return;
    publisher->floor = oldest->position;
    publisher->recent_bytes -= oldest->length;
    free(oldest->line);
    publisher->first++;
  }
}

static void make_room(publisher *publisher) {
  if (publisher->end < publisher->room) return;
  size_t count = publisher->end - publisher->first;
  if (publisher->first > 0 && count * 2 <= publisher->room) {
    memmove(publisher->recents, publisher->recents + publisher->first, count * sizeof(recent));
  } else {
    size_t room = publisher->room ? publisher->room * 2 : 1024;
    recent *recents = malloc(room * sizeof(recent));
    if (!recents) abort(); /* a decision may not be lost between memory and table */
    if (count > 0) memcpy(recents, publisher->recents + publisher->first, count * sizeof(recent));
    free(publisher->recents);
    publisher->recents = recents;
    publisher->room = room;
  }
  publisher->first = 0;
  publisher->end = count;
}

void publisher_add(publisher *publisher, store_position position, treaty_text json) {
  assert(store_position_compare(publisher->newest, position) < 0);
  make_room(publisher);
  char *line = malloc(json.length + 1);
  if (!line) abort();
  memcpy(line, json.bytes, json.length);
  line[json.length] = '\n';
  publisher->recents[publisher->end++] = (recent){position, json.length + 1, line};
  publisher->recent_bytes += json.length + 1;
  publisher->newest = position;
  forget_recents(publisher);
}

void publisher_stored(publisher *publisher, store_position last) {
  if (store_position_compare(publisher->stored, last) < 0) publisher->stored = last;
  forget_recents(publisher);
}

/* The first recent decision behind a place. */
static size_t find_recent(const publisher *publisher, store_position position) {
  size_t low = publisher->first, high = publisher->end;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (store_position_compare(publisher->recents[middle].position, position) <= 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* ---- Pages of the table ---------------------------------------------------------------------- */

static void page_work(uv_work_t *work) {
  subscriber *subscriber = work->data;
  if (!subscriber->reader)
    subscriber->reader = store_reader_open(subscriber->publisher->folder, &subscriber->why);
  subscriber->page_failed =
      !subscriber->reader ||
      !store_reader_page(subscriber->reader, &subscriber->page_position, subscriber->history,
                         PUBLISHER_PAGE_BYTES, &subscriber->page, &subscriber->page_end,
                         &subscriber->why);
}

static void free_subscriber(subscriber *subscriber) {
  store_reader_close(subscriber->reader);
  buffer_free(&subscriber->page);
  buffer_free(&subscriber->why);
  free(subscriber);
}

/* The table was complete up to the floor of that time: at its end, so far has been read. */
static void take_page(subscriber *subscriber) {
  feed_conn_send(subscriber->conn, subscriber->page.bytes, subscriber->page.length);
  subscriber->position = subscriber->page_position;
  if (subscriber->page_end && store_position_compare(subscriber->position, subscriber->floor) < 0)
    subscriber->position = subscriber->floor;
}

static void on_page(uv_work_t *work, int status) {
  subscriber *subscriber = work->data;
  publisher *publisher = subscriber->publisher;
  (void)status; /* pages are not cancelled */
  subscriber->reading = false;
  publisher->pages--;
  if (!subscriber->conn) {
    free_subscriber(subscriber);
  } else if (subscriber->page_failed) {
    say("a subscriber is turned away: %s", buffer_text(&subscriber->why));
    feed_conn_close(subscriber->conn);
  } else {
    take_page(subscriber);
  }
  publisher_pump(publisher); /* another may have waited for its page */
}

static void read_page(subscriber *subscriber) {
  publisher *publisher = subscriber->publisher;
  if (subscriber->reading || publisher->pages >= PUBLISHER_PAGES_MAX) return;
  buffer_clear(&subscriber->page);
  subscriber->page_position = subscriber->position;
  subscriber->floor = publisher->floor;
  subscriber->work.data = subscriber;
  if (uv_queue_work(publisher->loop, &subscriber->work, page_work, on_page) < 0) return;
  subscriber->reading = true;
  publisher->pages++;
}

/* ---- Subscribers ----------------------------------------------------------------------------- */

static void send_recents(subscriber *subscriber) {
  publisher *publisher = subscriber->publisher;
  buffer lines = {0};
  for (size_t i = find_recent(publisher, subscriber->position);
       i < publisher->end && lines.length < PUBLISHER_UNSENT_BYTES_MAX; i++) {
    buffer_put(&lines, publisher->recents[i].line, publisher->recents[i].length);
    subscriber->position = publisher->recents[i].position;
  }
  feed_conn_send(subscriber->conn, lines.bytes, lines.length);
  buffer_free(&lines);
}

static void pump(subscriber *subscriber) {
  publisher *publisher = subscriber->publisher;
  if (!subscriber->conn || subscriber->reading) return;
  if (feed_conn_unsent(subscriber->conn) >= PUBLISHER_UNSENT_BYTES_MAX) return;
  if (store_position_compare(subscriber->position, publisher->newest) >= 0) return;
  if (store_position_compare(subscriber->position, publisher->floor) >= 0)
    send_recents(subscriber);
  else
    read_page(subscriber);
}

void publisher_pump(publisher *publisher) {
  for (subscriber *at = publisher->subscribers; at; at = at->next) pump(at);
}

void publisher_drained(subscriber *subscriber) { pump(subscriber); }

subscriber *publisher_subscribe(publisher *publisher, feed_conn *conn, store_position after,
                                bool history) {
  subscriber *subscriber = calloc(1, sizeof *subscriber);
  if (!subscriber) return NULL;
  subscriber->publisher = publisher;
  subscriber->conn = conn;
  subscriber->position = after;
  subscriber->history = history;
  subscriber->next = publisher->subscribers;
  if (subscriber->next) subscriber->next->before = subscriber;
  publisher->subscribers = subscriber;
  return subscriber;
}

void publisher_unsubscribe(subscriber *subscriber) {
  if (!subscriber) return;
  publisher *publisher = subscriber->publisher;
  if (subscriber->before)
    subscriber->before->next = subscriber->next;
  else
    publisher->subscribers = subscriber->next;
  if (subscriber->next) subscriber->next->before = subscriber->before;
  subscriber->conn = NULL;
  if (!subscriber->reading) free_subscriber(subscriber);
}
