/* feed_reader.c - a thread that reads and decodes, and a ring of batches between it and its
 * caller.
 *
 *     batches   | returned | at hand: first line ... | at hand | being filled | free |
 *                            returned                            handed
 *
 * The lock is taken once a batch, and the thread, once it had to wait, sleeps until most of the
 * ring is free: a wake-up costs more than reading a few lines. On two processors a run of ten
 * rules takes an eighth less time than without the thread.
 *
 * One decoder serves all lines, so what an event points to is copied behind its line: an event
 * that waits takes a few hundred bytes, one behind another. */
#include "runtime/feed_reader.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "runtime/event_decode.h"

static_assert(FEED_FILE_SPARE_BYTES >= EVENT_DECODE_SPARE_BYTES,
              "lines are decoded where they lie");

#define BATCHES            16 /* a power of two */
#define BATCH_LINES        128
#define BATCH_BYTES        ((size_t)64 * 1024) /* grows for a longer line */
#define BATCHES_WAKE_BELOW 4                   /* so few at hand wake a thread that sleeps */

/* The thread decodes and waits; its frames are small. */
#define THREAD_STACK_BYTES ((size_t)256 * 1024)

typedef struct batch {
  feed_reader_line lines[BATCH_LINES];
  uint32_t count;
  char *bytes; /* what the lines point to */
  size_t used, room;
  uint64_t bytes_read; /* of the file, when it was handed over */
} batch;

struct feed_reader {
  const treaty_program *program;
  size_t line_bytes_max;
  feed_file *file;
  event_decoder *decoder;
  batch batches[BATCHES];

  /* Under the lock. Batches are counted from the beginning; the place is that mod BATCHES. */
  uv_mutex_t lock;
  uv_cond_t handed_over, given_back;
  uint64_t handed, returned;
  bool ended, stop, thread_waits, caller_waits;

  /* The caller's. */
  uv_thread_t thread;
  bool has_lock, has_thread;
  uint64_t known;    /* batches handed over, as seen last */
  uint64_t at_batch; /* that of the first line */
  uint32_t at_line;
  uint64_t bytes_read;

  /* The thread's, and after its end the caller's. */
  uint64_t filling;
  bool no_memory;
};

static batch *batch_at(feed_reader *reader, uint64_t number) {
  return &reader->batches[number & (BATCHES - 1)];
}

/* ---- The thread: keeping a line -------------------------------------------------------------- */

/* Pieces are aligned to 8 bytes. */
static size_t whole(size_t bytes) { return (bytes + 7) & ~(size_t)7; }

static size_t values_bytes(const treaty_event *event) {
  size_t bytes = 0;
  for (uint32_t i = 0; event->values && i < event->type->field_count; i++) {
    const treaty_value *value = &event->values[i];
    bytes += sizeof *value;
    if (!value->present) continue;
    bytes += whole(value->text.length) + sizeof *value->texts * value->text_count;
    for (size_t k = 0; k < value->text_count; k++) bytes += whole(value->texts[k].length);
  }
  return bytes;
}

static size_t bytes_needed(const feed_reader_line *line) {
  const treaty_event *event = &line->event;
  size_t bytes = line->line.bytes ? whole(line->line.length) : 0;
  bytes += whole(event->source.length) + whole(event->id.length) + whole(event->account.length) +
           whole(event->person.length) + whole(event->lead.length) + whole(event->actor.length);
  return bytes + (line->refusal ? sizeof *line->refusal : values_bytes(event));
}

static void *keep(batch *batch, const void *bytes, size_t length) {
  char *kept = batch->bytes + batch->used;
  if (length > 0) memcpy(kept, bytes, length);
  batch->used += whole(length);
  assert(batch->used <= batch->room);
  return kept;
}

static void keep_text(batch *batch, treaty_text *text) {
  if (text->bytes) text->bytes = keep(batch, text->bytes, text->length);
}

static void keep_values(batch *batch, treaty_event *event) {
  uint32_t count = event->type->field_count;
  treaty_value *values = keep(batch, event->values, sizeof *values * count);
  event->values = values;
  for (uint32_t i = 0; i < count; i++) {
    if (!values[i].present) continue; /* its texts are not looked at */
    keep_text(batch, &values[i].text);
    treaty_text *texts = keep(batch, values[i].texts, sizeof *texts * values[i].text_count);
    for (size_t k = 0; k < values[i].text_count; k++) keep_text(batch, &texts[k]);
    if (values[i].texts) values[i].texts = texts;
  }
}

static void keep_line(batch *batch, const feed_reader_line *line) {
  feed_reader_line *kept = &batch->lines[batch->count++];
  treaty_event *event = &kept->event;
  *kept = *line;
  keep_text(batch, &event->source);
  keep_text(batch, &event->id);
  keep_text(batch, &event->account);
  keep_text(batch, &event->person);
  keep_text(batch, &event->lead);
  keep_text(batch, &event->actor);
  if (kept->refusal)
    kept->refusal = keep(batch, kept->refusal, sizeof *kept->refusal);
  else if (event->values)
    keep_values(batch, event);
  if (kept->line.bytes) kept->line.bytes = keep(batch, kept->line.bytes, kept->line.length);
}

/* ---- The thread: batches --------------------------------------------------------------------- */

/* Hands over what is filled and waits for a free batch. False: the caller wants no more. */
static bool hand_over(feed_reader *reader) {
  batch_at(reader, reader->filling)->bytes_read = feed_file_bytes_read(reader->file);
  uv_mutex_lock(&reader->lock);
  reader->handed = ++reader->filling;
  if (reader->caller_waits) uv_cond_signal(&reader->handed_over);
  if (reader->handed - reader->returned == BATCHES) {
    reader->thread_waits = true;
    while (!reader->stop && reader->handed - reader->returned >= BATCHES_WAKE_BELOW)
      uv_cond_wait(&reader->given_back, &reader->lock);
    reader->thread_waits = false;
  }
  bool goes_on = !reader->stop;
  uv_mutex_unlock(&reader->lock);
  batch *next = batch_at(reader, reader->filling);
  next->count = 0;
  next->used = 0;
  return goes_on;
}

static bool make_room(batch *batch, size_t needed) {
  if (batch->room - batch->used >= needed) return true;
  assert(batch->count == 0 && batch->used == 0);
  free(batch->bytes);
  batch->room = needed > BATCH_BYTES ? needed * 2 : BATCH_BYTES;
  batch->bytes = malloc(batch->room);
  if (!batch->bytes) batch->room = 0;
  return batch->bytes != NULL;
}

/* False: the caller wants no more, or there is no memory. */
static bool take_line(feed_reader *reader, const feed_reader_line *line) {
  size_t needed = bytes_needed(line);
  batch *batch = batch_at(reader, reader->filling);
  if (batch->count > 0 && batch->room - batch->used < needed) {
    if (!hand_over(reader)) return false;
    batch = batch_at(reader, reader->filling);
  }
  if (!make_room(batch, needed)) {
    reader->no_memory = true;
    return false;
  }
  keep_line(batch, line);
  bool full = batch->count == BATCH_LINES || !feed_file_has_line(reader->file);
  return !full || hand_over(reader);
}

/* As of an engine that is given none. */
static const uint64_t no_seed[2];

static void decode_line(feed_reader *reader, feed_reader_line *line, treaty_refusal *refusal) {
  line->refusal = NULL;
  if (line->line.too_long) {
    line->event = (treaty_event){0};
    event_decode_too_long(line->line.length, reader->line_bytes_max, refusal);
    line->refusal = refusal;
  } else if (!event_decode(reader->decoder, reader->program, line->line.bytes, line->line.length,
                           &line->event, refusal)) {
    line->event = (treaty_event){.source = line->event.source, .id = line->event.id};
    line->refusal = refusal;
  } else {
    treaty_event_hash(&line->event, no_seed);
  }
}

static void read_file(void *context) {
  feed_reader *reader = context;
  feed_reader_line line = {0};
  treaty_refusal refusal;
  do {
    line.line = feed_file_next(reader->file);
    if (line.line.number == 0) break;
    decode_line(reader, &line, &refusal);
  } while (take_line(reader, &line));
  uv_mutex_lock(&reader->lock);
  if (batch_at(reader, reader->filling)->count > 0) reader->handed = reader->filling + 1;
  reader->ended = true;
  uv_cond_signal(&reader->handed_over);
  uv_mutex_unlock(&reader->lock);
}

/* ---- The caller ------------------------------------------------------------------------------ */

static void wait_for_batch(feed_reader *reader) {
  uv_mutex_lock(&reader->lock);
  reader->caller_waits = true;
  while (reader->handed == reader->at_batch && !reader->ended)
    uv_cond_wait(&reader->handed_over, &reader->lock);
  reader->caller_waits = false;
  reader->known = reader->handed;
  uv_mutex_unlock(&reader->lock);
}

feed_reader_line *feed_reader_first(feed_reader *reader) {
  if (reader->known == reader->at_batch) wait_for_batch(reader);
  if (reader->known == reader->at_batch) {
    reader->bytes_read = feed_file_bytes_read(reader->file);
    return NULL;
  }
  batch *batch = batch_at(reader, reader->at_batch);
  if (reader->at_line == 0) reader->bytes_read = batch->bytes_read;
  assert(reader->at_line < batch->count);
  return &batch->lines[reader->at_line];
}

feed_reader_line *feed_reader_ahead(feed_reader *reader, uint32_t place) {
  uint64_t number = reader->at_batch;
  uint32_t at = reader->at_line + place;
  for (; number < reader->known; number++) {
    batch *batch = batch_at(reader, number);
    if (at < batch->count) return &batch->lines[at];
    at -= batch->count;
  }
  return NULL;
}

void feed_reader_drop(feed_reader *reader) {
  assert(reader->at_batch < reader->known);
  if (++reader->at_line < batch_at(reader, reader->at_batch)->count) return;
  reader->at_line = 0;
  reader->at_batch++;
  uv_mutex_lock(&reader->lock);
  reader->returned = reader->at_batch;
  reader->known = reader->handed;
  if (reader->thread_waits && reader->handed - reader->returned < BATCHES_WAKE_BELOW)
    uv_cond_signal(&reader->given_back);
  uv_mutex_unlock(&reader->lock);
}

const char *feed_reader_error(const feed_reader *reader) {
  if (reader->no_memory) return "there is no memory left to read the feeds with";
  return feed_file_error(reader->file);
}

uint64_t feed_reader_bytes_read(const feed_reader *reader) { return reader->bytes_read; }

uint64_t feed_reader_bytes_total(const feed_reader *reader) {
  return feed_file_bytes_total(reader->file);
}

/* ---- Life ------------------------------------------------------------------------------------ */

static bool begin(feed_reader *reader) {
  uv_thread_options_t options = {.flags = UV_THREAD_HAS_STACK_SIZE,
                                 .stack_size = THREAD_STACK_BYTES};
  if (uv_mutex_init(&reader->lock) != 0) return false;
  if (uv_cond_init(&reader->handed_over) != 0) {
    uv_mutex_destroy(&reader->lock);
    return false;
  }
  if (uv_cond_init(&reader->given_back) != 0) {
    uv_cond_destroy(&reader->handed_over);
    uv_mutex_destroy(&reader->lock);
    return false;
  }
  reader->has_lock = true;
  reader->has_thread = uv_thread_create_ex(&reader->thread, &options, read_file, reader) == 0;
  return reader->has_thread;
}

feed_reader *feed_reader_open(const char *path, const treaty_program *program,
                              size_t line_bytes_max, char **error) {
  *error = NULL;
  feed_reader *reader = calloc(1, sizeof *reader);
  if (!reader) return NULL;
  reader->program = program;
  reader->line_bytes_max = line_bytes_max;
  reader->file = feed_file_open(path, line_bytes_max, error);
  if (reader->file) reader->decoder = event_decoder_new(line_bytes_max);
  if (!reader->decoder || !begin(reader)) {
    feed_reader_close(reader);
    return NULL;
  }
  return reader;
}

static void end_thread(feed_reader *reader) {
  uv_mutex_lock(&reader->lock);
  reader->stop = true;
  uv_cond_signal(&reader->given_back);
  uv_mutex_unlock(&reader->lock);
  feed_file_stop(reader->file);
  uv_thread_join(&reader->thread);
}

void feed_reader_close(feed_reader *reader) {
  if (!reader) return;
  if (reader->has_thread) end_thread(reader);
  if (reader->has_lock) {
    uv_cond_destroy(&reader->given_back);
    uv_cond_destroy(&reader->handed_over);
    uv_mutex_destroy(&reader->lock);
  }
  feed_file_close(reader->file);
  event_decoder_free(reader->decoder);
  for (uint32_t i = 0; i < BATCHES; i++) free(reader->batches[i].bytes);
  free(reader);
}
