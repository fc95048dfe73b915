/* feed_merge.c - each feed has decoded lines at hand (feed_reader.h), and the earliest event is
 * given out. A refused line is given out when it stands first in its feed.
 *
 * Sorted, the reading goes on until every feed has ended: what stands first is put into the store
 * (its text, and a row in the index), the index is sorted, and then each text is decoded a second
 * time. That costs less memory than events kept decoded, and twice the decoding.
 *
 * The feeds are few, so the earliest is found by looking at all of them. */
#include "runtime/feed_merge.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/event_decode.h"
#include "runtime/feed_reader.h"

/* Lines between two calls of the progress function. */
#define PROGRESS_LINES 4096

/* So many lines of a feed are told of at a time. */
#define AHEAD 16

typedef struct feed {
  const char *path;
  feed_reader *reader;
  bool given_out; /* the first line is with the caller: it goes with the next call */
  uint32_t told;  /* lines from the first on that `ahead` knows of */
} feed;

/* A line in the store. */
typedef struct sort_row {
  int64_t time_ms;
  uint64_t text_at; /* in `texts` */
  uint64_t offset;  /* in the file */
  uint64_t number;
  uint32_t length;
  uint32_t feed;
} sort_row;

struct feed_merge {
  const treaty_program *program;
  feed_merge_options options;
  feed *feeds;
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
  event_decoder *sorted_decoder;
  treaty_event sorted_event;
  treaty_refusal sorted_refusal;
};

static void tell_progress(const feed_merge *merge) {
  uint64_t read = 0, total = 0;
  bool known = true;
  if (!merge->options.progress) return;
  for (size_t i = 0; i < merge->options.path_count; i++) {
    read += feed_reader_bytes_read(merge->feeds[i].reader);
    total += feed_reader_bytes_total(merge->feeds[i].reader);
    known = known && feed_reader_bytes_total(merge->feeds[i].reader) > 0;
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

/* Puts the first line of a feed into the store. */
static bool store_line(feed_merge *merge, uint32_t feed_index, const feed_reader_line *head) {
  const feed *feed = &merge->feeds[feed_index];
  size_t texts_needed = merge->texts_used + head->line.length + EVENT_DECODE_SPARE_BYTES;
  uint64_t max = merge->options.sort_bytes_max;
  if (texts_needed + (merge->row_count + 1) * sizeof(sort_row) > max) {
    snprintf(merge->error, sizeof merge->error,
             "the feeds are too large to be sorted: %" PRIu64
             " MiB at most, reached at line %" PRIu64 " of %.512s",
             max >> 20, head->line.number, feed->path);
    return false;
  }
  if (!grow((void **)&merge->texts, &merge->texts_room, texts_needed, 1) ||
      !grow((void **)&merge->rows, &merge->row_room, merge->row_count + 1, sizeof(sort_row))) {
    snprintf(merge->error, sizeof merge->error, "there is no memory left to sort the feeds in");
    return false;
  }
  merge->rows[merge->row_count++] = (sort_row){.time_ms = head->event.time_ms,
                                               .text_at = merge->texts_used,
                                               .offset = head->line.offset,
                                               .number = head->line.number,
                                               .length = (uint32_t)head->line.length,
                                               .feed = feed_index};
  memcpy(merge->texts + merge->texts_used, head->line.bytes, head->line.length);
  merge->texts_used += head->line.length;
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

static void set_item(const feed_merge *merge, feed_merge_item *item, const feed *feed,
                     feed_line line, const treaty_event *event) {
  *item = (feed_merge_item){.path = feed->path,
                            .feed = (uint32_t)(feed - merge->feeds),
                            .offset = line.offset,
                            .line_number = line.number,
                            .line = {line.bytes, line.length},
                            .event = event,
                            .source = event->source,
                            .id = event->id};
}

/* The first line of a feed that is not given out yet; waits for it. NULL: there is none. */
static feed_reader_line *first_of(feed_merge *merge, feed *feed) {
  if (feed->given_out) {
    feed_reader_drop(feed->reader);
    feed->given_out = false;
    if (feed->told > 0) feed->told--;
    if (++merge->lines_read % PROGRESS_LINES == 0) tell_progress(merge);
  }
  feed_reader_line *line = feed_reader_first(feed->reader);
  if (!line && feed_reader_error(feed->reader))
    end_with_error(merge, feed_reader_error(feed->reader));
  return line;
}

/* Tells of the lines at hand, a group at a time: their waits for memory overlap then. */
static void tell_ahead(feed_merge *merge, feed *feed) {
  const treaty_event *events[AHEAD];
  size_t count = 0;
  if (!merge->options.ahead || feed->told > 0) return;
  for (; feed->told < AHEAD; feed->told++) {
    const feed_reader_line *line = feed_reader_ahead(feed->reader, feed->told);
    if (!line) break;
    if (!line->refusal) events[count++] = &line->event;
  }
  merge->options.ahead(merge->options.context, events, count);
}

/* ---- Giving out ------------------------------------------------------------------------------ */

static void give_out(const feed_merge *merge, feed_merge_item *item, feed *feed,
                     const feed_reader_line *line) {
  set_item(merge, item, feed, line->line, &line->event);
  feed->given_out = true;
  if (!line->refusal) return;
  item->event = NULL;
  item->refusal = line->refusal;
}

/* A refused line that stands first in its feed; else the earliest event of all that stand first. */
static bool next_merged(feed_merge *merge, feed_merge_item *item) {
  feed *earliest = NULL;
  const feed_reader_line *earliest_line = NULL;
  for (size_t i = 0; i < merge->options.path_count; i++) {
    feed *feed = &merge->feeds[i];
    const feed_reader_line *line = first_of(merge, feed);
    if (merge->ended) return false;
    if (!line) continue;
    if (line->refusal) {
      give_out(merge, item, feed, line);
      return true;
    }
    if (earliest && line->event.time_ms >= earliest_line->event.time_ms) continue;
    earliest = feed;
    earliest_line = line;
  }
  if (!earliest) return false;
  tell_ahead(merge, earliest);
  give_out(merge, item, earliest, earliest_line);
  return true;
}

/* Reads all feeds to their ends. True: a line was refused on the way, and is *item now. */
static bool read_all(feed_merge *merge, feed_merge_item *item) {
  for (uint32_t i = 0; i < merge->options.path_count; i++) {
    feed *feed = &merge->feeds[i];
    const feed_reader_line *line;
    while (!merge->ended && (line = first_of(merge, feed))) {
      if (line->refusal) {
        give_out(merge, item, feed, line);
        return true;
      }
      if (!store_line(merge, i, line)) merge->ended = true;
      feed->given_out = true;
    }
  }
  return false;
}

static bool next_sorted(feed_merge *merge, feed_merge_item *item) {
  if (!merge->sorted && read_all(merge, item)) return true;
  if (merge->ended) return false;
  if (!merge->sorted && merge->row_count > 0)
    qsort(merge->rows, merge->row_count, sizeof *merge->rows, compare_rows);
  merge->sorted = true;
  if (merge->row_next == merge->row_count) return false;
  const sort_row *row = &merge->rows[merge->row_next++];
  feed_line line = {.bytes = merge->texts + row->text_at,
                    .length = row->length,
                    .number = row->number,
                    .offset = row->offset};
  const feed *feed = &merge->feeds[row->feed];
  bool decoded = event_decode(merge->sorted_decoder, merge->program, line.bytes, line.length,
                              &merge->sorted_event, &merge->sorted_refusal);
  assert(decoded && merge->sorted_event.time_ms == row->time_ms);
  (void)decoded;
  set_item(merge, item, feed, line, &merge->sorted_event);
  return true;
}

bool feed_merge_next(feed_merge *merge, feed_merge_item *item) {
  if (!merge->ended && !(merge->options.sort ? next_sorted(merge, item) : next_merged(merge, item)))
    merge->ended = true;
  if (merge->ended) {
    if (!merge->told_end) tell_progress(merge);
    merge->told_end = true;
    return false;
  }
  if (!item->event) return true;
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
    feed->reader =
        feed_reader_open(feed->path, merge->program, merge->options.line_bytes_max, error);
    if (!feed->reader) return false;
  }
  if (!merge->options.sort) return true;
  merge->sorted_decoder = event_decoder_new(merge->options.line_bytes_max);
  return merge->sorted_decoder != NULL;
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
  for (size_t i = 0; i < merge->options.path_count; i++) feed_reader_close(merge->feeds[i].reader);
  event_decoder_free(merge->sorted_decoder);
  free(merge->feeds);
  free(merge->texts);
  free(merge->rows);
  free(merge);
}
