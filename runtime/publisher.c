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

/* A page of the table: what the pool's thread works on, and nobody else while it does. */
typedef struct page {
  publisher *publisher;
  subscriber *subscriber; /* whose it is; NULL: it is free, or its subscriber has gone */
  bool reading;
  uv_work_t work;
  store_reader *reader; /* kept from page to page; NULL: not open */
  store_position floor; /* the publisher's, when the page was begun */
  store_position reached;
  bool history;
  buffer lines, why;
  bool end, failed;
} page;

struct publisher {
  uv_loop_t *loop;
  const char *folder;
  recent *recents; /* recents[first, end), in order */
  size_t first, end, room;
  size_t recent_bytes;
  store_position floor; /* all decisions behind this one are among the recent ones */
  store_position newest;
  store_position stored;                          /* up to here they are in the table */
  subscriber *first_subscriber, *last_subscriber; /* in the order in which they get pages */
  page pages[PUBLISHER_PAGES_MAX];
  bool told_failure;
  uint64_t told_ms; /* when, on uv_now's clock */
};

struct subscriber {
  publisher *publisher;
  subscriber *before, *next;
  feed_conn *conn;
  store_position position;
  bool history;
  bool ended; /* its connection is being closed: nothing more is sent */
  page *page; /* that is being read for it, or NULL */
};

publisher *publisher_new(uv_loop_t *loop, const char *folder, store_position last) {
  publisher *publisher = calloc(1, sizeof *publisher);
  if (!publisher) return NULL;
  publisher->loop = loop;
  publisher->folder = folder;
  for (size_t i = 0; i < PUBLISHER_PAGES_MAX; i++) publisher->pages[i].publisher = publisher;
  publisher->floor = publisher->newest = publisher->stored = last;
  return publisher;
}

static void free_page(page *page) {
  assert(!page->reading);
  store_reader_close(page->reader);
  buffer_free(&page->lines);
  buffer_free(&page->why);
}

void publisher_free(publisher *publisher) {
  if (!publisher) return;
  assert(!publisher->first_subscriber);
  for (size_t i = 0; i < PUBLISHER_PAGES_MAX; i++) free_page(&publisher->pages[i]);
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
  page *page = work->data;
  if (!page->reader) page->reader = store_reader_open(page->publisher->folder, &page->why);
  page->failed = !page->reader ||
                 !store_reader_page(page->reader, &page->reached, page->history,
                                    PUBLISHER_PAGE_BYTES, &page->lines, &page->end, &page->why);
}

/* The table was complete up to the floor of that time: at its end, so far has been read. */
static void send_page(const page *page, subscriber *subscriber) {
  feed_conn_send(subscriber->conn, page->lines.bytes, page->lines.length);
  subscriber->position = page->reached;
  if (page->end && store_position_compare(page->reached, page->floor) < 0)
    subscriber->position = page->floor;
}

/* Its client may come back; the next page is read over a new connection to the store. */
static void end_subscriber(page *page, subscriber *subscriber) {
  publisher *publisher = page->publisher;
  uint64_t now_ms = uv_now(publisher->loop);
  if (!publisher->told_failure || now_ms - publisher->told_ms >= PUBLISHER_FAILED_LOG_MS) {
    say("a subscriber is turned away: %s", buffer_text(&page->why));
    publisher->told_failure = true;
    publisher->told_ms = now_ms;
  }
  subscriber->ended = true;
  feed_conn_close(subscriber->conn);
}

static void on_page(uv_work_t *work, int status) {
  page *page = work->data;
  subscriber *subscriber = page->subscriber;
  (void)status; /* pages are not cancelled */
  page->reading = false;
  page->subscriber = NULL;
  if (subscriber) {
    subscriber->page = NULL;
    if (page->failed)
      end_subscriber(page, subscriber);
    else
      send_page(page, subscriber);
  }
  if (page->failed) {
    store_reader_close(page->reader);
    page->reader = NULL;
  }
  publisher_pump(page->publisher); /* another may have waited for its page */
}

static page *find_free_page(publisher *publisher) {
  for (size_t i = 0; i < PUBLISHER_PAGES_MAX; i++)
    if (!publisher->pages[i].reading) return &publisher->pages[i];
  return NULL;
}

static void enlist(subscriber *subscriber) {
  publisher *publisher = subscriber->publisher;
  subscriber->before = publisher->last_subscriber;
  subscriber->next = NULL;
  if (subscriber->before)
    subscriber->before->next = subscriber;
  else
    publisher->first_subscriber = subscriber;
  publisher->last_subscriber = subscriber;
}

static void take_off(subscriber *subscriber) {
  publisher *publisher = subscriber->publisher;
  if (subscriber->before)
    subscriber->before->next = subscriber->next;
  else
    publisher->first_subscriber = subscriber->next;
  if (subscriber->next)
    subscriber->next->before = subscriber->before;
  else
    publisher->last_subscriber = subscriber->before;
}

/* Whoever gets a page goes to the end of the row, so that each has its turn. */
static void read_page(subscriber *subscriber) {
  publisher *publisher = subscriber->publisher;
  page *page = find_free_page(publisher);
  if (!page) return;
  buffer_clear(&page->lines);
  buffer_clear(&page->why);
  page->reached = subscriber->position;
  page->history = subscriber->history;
  page->floor = publisher->floor;
  page->work.data = page;
  if (uv_queue_work(publisher->loop, &page->work, page_work, on_page) < 0) return;
  page->reading = true;
  page->subscriber = subscriber;
  subscriber->page = page;
  take_off(subscriber);
  enlist(subscriber);
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
  if (subscriber->ended || subscriber->page) return;
  if (feed_conn_unsent(subscriber->conn) >= PUBLISHER_UNSENT_BYTES_MAX) return;
  if (store_position_compare(subscriber->position, publisher->newest) >= 0) return;
  if (store_position_compare(subscriber->position, publisher->floor) >= 0)
    send_recents(subscriber);
  else
    read_page(subscriber);
}

void publisher_pump(publisher *publisher) {
  for (subscriber *at = publisher->first_subscriber, *next; at; at = next) {
    next = at->next; /* for it may go to the end of the row */
    pump(at);
  }
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
  enlist(subscriber);
  return subscriber;
}

void publisher_unsubscribe(subscriber *subscriber) {
  if (!subscriber) return;
  take_off(subscriber);
  if (subscriber->page) subscriber->page->subscriber = NULL;
  free(subscriber);
}
