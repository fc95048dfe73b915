/* feed_merge.c - each feed has at most one decoded event at hand, and the earliest is given out.
 * Before that, every feed that has none reads until it has: a refused line that comes by is given
 * out at once.
 *
 * Sorted, the same reading goes on until every feed has ended: what would be at hand is put into
 * the store (its text, and a row in the index), the index is sorted, and then each text is decoded
 * a second time. That costs less memory than events kept decoded, and twice the decoding.
 *
 * The feeds are few, so the earliest is found by looking at all of them. */
#include "runtime/feed_merge.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/event_decode.h"
#include "runtime/feed_file.h"

static_assert(FEED_FILE_SPARE_BYTES >= EVENT_DECODE_SPARE_BYTES,
              "lines are decoded where they lie");

/* Lines between two calls of the progress function. */
#define PROGRESS_LINES 4096

typedef enum feed_state {
  FEED_WANTS_LINE, /* nothing at hand */
  FEED_AT_HAND,    /* `line` and `event` wait to be given out */
  FEED_ENDED,
} feed_state;

typedef struct feed {
  const char *path;
  feed_file *file;
  event_decoder *decoder;
  feed_state state;
  feed_line line;
  treaty_event event;
} feed;

/* A line in the store. */
typedef struct sort_row {
  int64_t time_ms;
  uint64_t offset; /* into `texts` */
  uint64_t number;
  uint32_t length;
  uint32_t feed;
} sort_row;

struct feed_merge {
  const treaty_program *program;
  feed_merge_options options;
  feed *feeds;
  treaty_refusal refusal;
  int64_t greatest_ms; /* of the events given out */
  uint64_t late_count;
  uint64_t lines_read;
  bool ended, told_end;
  char error[768];

  /* The store of a sorted merge: lines one behind another, with spare bytes behind the last. */
  char *texts;
  size_t texts_used, texts_room;
  sort_row *rows;
  size_t row_count, row_room;
  size_t row_next; /* the row to give out, once the store is sorted */
  bool sorted;
  treaty_event sorted_event;
};

static void tell_progress(const feed_merge *merge) {
  uint64_t read = 0, total = 0;
  bool known = true;
  if (!merge->options.progress) return;
  for (size_t i = 0; i < merge->options.path_count; i++) {
    read += feed_file_bytes_read(merge->feeds[i].file);
    total += feed_file_bytes_total(merge->feeds[i].file);
    known = known && feed_file_bytes_total(merge->feeds[i].file) > 0;
  }
  merge->options.progress(merge->options.context, read, known ? total : 0);
}

static void end_with_error(feed_merge *merge, const char *error) {
  snprintf(merge->error, sizeof merge->error, "%s", error);
  merge->ended = true;
}

/* ---- The store ------------------------------------------------------------------------------- */

/* Doubles `room` of a growing array until it holds `needed` elements; false: no memory. */
static bool grow(void **array, size_t *room, size_t needed, size_t element_bytes) {
  if (needed <= *room) return true;
  size_t wanted = *room ? *room : 4096;
  while (wanted < needed) wanted *= 2;
  void *grown = realloc(*array, wanted * element_bytes);
  if (!grown) return false;
  *array = grown;
  *room = wanted;
  return true;
}

/* Puts what is at hand into the store, so that the feed wants a line again. */
static bool store_line(feed_merge *merge, uint32_t feed_index) {
  feed *feed = &merge->feeds[feed_index];
  size_t texts_needed = merge->texts_used + feed->line.length + EVENT_DECODE_SPARE_BYTES;
  uint64_t max = merge->options.sort_bytes_max;
  if (texts_needed + (merge->row_count + 1) * sizeof(sort_row) > max) {
    snprintf(merge->error, sizeof merge->error,
             "the feeds are too large to be sorted: %" PRIu64
             " MiB at most, reached at line %" PRIu64 " of %.512s",
             max >> 20, feed->line.number, feed->path);
    return false;
  }
  if (!grow((void **)&merge->texts, &merge->texts_room, texts_needed, 1) ||
      !grow((void **)&merge->rows, &merge->row_room, merge->row_count + 1, sizeof(sort_row))) {
    snprintf(merge->error, sizeof merge->error, "there is no memory left to sort the feeds in");
    return false;
  }
  merge->rows[merge->row_count++] = (sort_row){.time_ms = feed->event.time_ms,
                                               .offset = merge->texts_used,
                                               .number = feed->line.number,
                                               .length = (uint32_t)feed->line.length,
                                               .feed = feed_index};
  memcpy(merge->texts + merge->texts_used, feed->line.bytes, feed->line.length);
  merge->texts_used += feed->line.length;
  feed->state = FEED_WANTS_LINE;
  return true;
}

/* No two rows are equal, so the order does not depend on how qsort works. */
static int compare_rows(const void *a, const void *b) {
  const sort_row *one = a, *other = b;
  if (one->time_ms != other->time_ms) return one->time_ms < other->time_ms ? -1 : 1;
  if (one->feed != other->feed) return one->feed < other->feed ? -1 : 1;
  return one->number < other->number ? -1 : one->number > other->number;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void set_item(feed_merge_item *item, const feed *feed, feed_line line,
                     const treaty_event *event) {
  *item = (feed_merge_item){.path = feed->path,
                            .line_number = line.number,
                            .line = {line.bytes, line.length},
                            .event = event,
                            .source = event->source,
                            .id = event->id};
}

/* Reads a line of a feed that wants one. True: it was refused, and is *item now. */
static bool read_line(feed_merge *merge, feed *feed, feed_merge_item *item) {
  feed->line = feed_file_next(feed->file);
  if (feed->line.number == 0) {
    feed->state = FEED_ENDED;
    if (feed_file_error(feed->file)) end_with_error(merge, feed_file_error(feed->file));
    return false;
  }
  if (++merge->lines_read % PROGRESS_LINES == 0) tell_progress(merge);

  bool decoded = false;
  if (feed->line.too_long) {
    feed->event = (treaty_event){0};
    event_decode_too_long(feed->line.length, merge->options.line_bytes_max, &merge->refusal);
  } else {
    decoded = event_decode(feed->decoder, merge->program, feed->line.bytes, feed->line.length,
                           &feed->event, &merge->refusal);
  }
  if (decoded) {
    feed->state = FEED_AT_HAND;
    return false;
  }
  set_item(item, feed, feed->line, &feed->event);
  item->event = NULL;
  item->refusal = &merge->refusal;
  return true;
}

/* Reads on until every feed has an event at hand or has ended; when sorting, until all have ended.
 * True: a line was refused on the way, and is *item now. */
static bool read_until_refused(feed_merge *merge, feed_merge_item *item) {
  for (size_t i = 0; i < merge->options.path_count; i++) {
    feed *feed = &merge->feeds[i];
    while (!merge->ended && feed->state != FEED_ENDED) {
      if (feed->state == FEED_WANTS_LINE && read_line(merge, feed, item)) return true;
      if (feed->state != FEED_AT_HAND) continue;
      if (!merge->options.sort) break;
      if (!store_line(merge, (uint32_t)i)) merge->ended = true;
    }
  }
  return false;
}

/* ---- Giving out ------------------------------------------------------------------------------ */

static bool next_merged(feed_merge *merge, feed_merge_item *item) {
  feed *earliest = NULL;
  for (size_t i = 0; i < merge->options.path_count; i++) {
    feed *feed = &merge->feeds[i];
    if (feed->state != FEED_AT_HAND) continue;
    if (!earliest || feed->event.time_ms < earliest->event.time_ms) earliest = feed;
  }
  if (!earliest) return false;
  set_item(item, earliest, earliest->line, &earliest->event);
  /* It is read from when the next item is asked for: this one lies in its buffer. */
  earliest->state = FEED_WANTS_LINE;
  return true;
}

static bool next_sorted(feed_merge *merge, feed_merge_item *item) {
  if (!merge->sorted && merge->row_count > 0)
    qsort(merge->rows, merge->row_count, sizeof *merge->rows, compare_rows);
  merge->sorted = true;
  if (merge->row_next == merge->row_count) return false;
  const sort_row *row = &merge->rows[merge->row_next++];
  feed_line line = {
      .bytes = merge->texts + row->offset, .length = row->length, .number = row->number};
  const feed *feed = &merge->feeds[row->feed];
  bool decoded = event_decode(feed->decoder, merge->program, line.bytes, line.length,
                              &merge->sorted_event, &merge->refusal);
  assert(decoded && merge->sorted_event.time_ms == row->time_ms);
  (void)decoded;
  set_item(item, feed, line, &merge->sorted_event);
  return true;
}

bool feed_merge_next(feed_merge *merge, feed_merge_item *item) {
  if (!merge->ended && read_until_refused(merge, item)) return true;
  if (!merge->ended && !(merge->options.sort ? next_sorted(merge, item) : next_merged(merge, item)))
    merge->ended = true;
  if (merge->ended) {
    if (!merge->told_end) tell_progress(merge);
    merge->told_end = true;
    return false;
  }
  assert(item->event && !item->refusal);
  item->late = item->event->time_ms < merge->greatest_ms;
  merge->late_count += item->late;
  if (!item->late) merge->greatest_ms = item->event->time_ms;
  return true;
}

const char *feed_merge_error(const feed_merge *merge) {
  return merge->error[0] ? merge->error : NULL;
}

uint64_t feed_merge_late_count(const feed_merge *merge) { return merge->late_count; }

/* ---- Opening --------------------------------------------------------------------------------- */

static bool stdin_stands_twice(const feed_merge_options *options) {
  size_t count = 0;
  for (size_t i = 0; i < options->path_count; i++) count += strcmp(options->paths[i], "-") == 0;
  return count > 1;
}

static bool open_feeds(feed_merge *merge, char **error) {
  for (size_t i = 0; i < merge->options.path_count; i++) {
    feed *feed = &merge->feeds[i];
    feed->path = merge->options.paths[i];
    feed->file = feed_file_open(feed->path, merge->options.line_bytes_max, error);
    if (!feed->file) return false;
    feed->decoder = event_decoder_new(merge->options.line_bytes_max);
    if (!feed->decoder) return false;
  }
  return true;
}

feed_merge *feed_merge_new(const treaty_program *program, const feed_merge_options *options,
                           char **error) {
  assert(options->path_count <= UINT32_MAX && options->line_bytes_max <= UINT32_MAX);
  *error = NULL;
  if (stdin_stands_twice(options)) {
    *error = strdup("standard input can be read once only: '-' stands twice");
    return NULL;
  }
  feed_merge *merge = calloc(1, sizeof *merge);
  if (!merge) return NULL;
  merge->program = program;
  merge->options = *options;
  if (merge->options.sort_bytes_max == 0) merge->options.sort_bytes_max = FEED_SORT_BYTES_MAX;
  merge->greatest_ms = INT64_MIN;
  merge->feeds = calloc(options->path_count ? options->path_count : 1, sizeof *merge->feeds);
  if (!merge->feeds) merge->options.path_count = 0;
  if (!merge->feeds || !open_feeds(merge, error)) {
    feed_merge_free(merge);
    return NULL;
  }
  return merge;
}

void feed_merge_free(feed_merge *merge) {
  if (!merge) return;
  for (size_t i = 0; i < merge->options.path_count; i++) {
    feed_file_close(merge->feeds[i].file);
    event_decoder_free(merge->feeds[i].decoder);
  }
  free(merge->feeds);
  free(merge->texts);
  free(merge->rows);
  free(merge);
}
