/* recall.c - see recall.h. */
#include "runtime/recall.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "runtime/buffer.h"
#include "runtime/event_cache.h"
#include "runtime/event_decode.h"
#include "runtime/feed_file.h"

#define PACKED        (UINT64_C(1) << 45)
#define FILES_MAX     64
#define OFFSET_BITS   39
#define CHUNK_BYTES   ((size_t)512 * 1024) /* a chunk that holds so much is closed */
#define CHUNK_BITS    20
#define PACK_LEVEL    1
#define UNPACKED_KEPT 8
#define WINDOW_BYTES  4096 /* what is read of a file at once: most lines, and some behind them */

/* Lines one behind another, each with its length in front. */
typedef struct chunk {
  char *packed;
  size_t packed_bytes, bytes;
} chunk;

typedef struct unpacked {
  uint64_t chunk; /* + 1; 0: none */
  buffer lines;
} unpacked;

/* Of which file and from where on `room` holds what was read. */
typedef struct window {
  uint64_t feed, offset;
  size_t bytes;
} window;

struct recall {
  const treaty_program *program;
  event_decoder *decoder;
  treaty_event event;
  event_cache *cache;
  size_t line_bytes_max;
  const char *const *paths;
  int *files; /* by feed; -1: not opened yet */
  size_t file_count;
  char *room; /* what is read of a file */
  window window;
  buffer line; /* one that was read again */
  chunk *chunks;
  size_t chunk_count, chunk_room;
  buffer open; /* the chunk that is being filled */
  unpacked kept[UNPACKED_KEPT];
  size_t kept_next;
};

recall *recall_new(const treaty_program *program, const char *const *paths, size_t path_count,
                   size_t line_bytes_max) {
  recall *recall = calloc(1, sizeof *recall);
  if (!recall) return NULL;
  recall->program = program;
  recall->paths = paths;
  recall->line_bytes_max = line_bytes_max;
  recall->room = room_grow(NULL, line_bytes_max + 2, 1);
  recall->decoder = event_decoder_new(line_bytes_max);
  recall->cache = event_cache_new();
  recall->files = room_grow(NULL, path_count + 1, sizeof *recall->files);
  recall->file_count = path_count;
  for (size_t i = 0; i < path_count; i++) recall->files[i] = -1;
  if (recall->decoder && recall->cache) return recall;
  recall_free(recall);
  return NULL;
}

void recall_free(recall *recall) {
  if (!recall) return;
  for (size_t i = 0; i < recall->file_count; i++) {
    if (recall->files[i] >= 0) close(recall->files[i]);
  }
  for (size_t i = 0; i < recall->chunk_count; i++) free(recall->chunks[i].packed);
  for (size_t i = 0; i < UNPACKED_KEPT; i++) buffer_free(&recall->kept[i].lines);
  event_decoder_free(recall->decoder);
  event_cache_free(recall->cache);
  buffer_free(&recall->line);
  buffer_free(&recall->open);
  free(recall->room);
  free(recall->chunks);
  free(recall->files);
  free(recall);
}

/* ---- Keeping --------------------------------------------------------------------------------- */

static void close_chunk(recall *recall) {
  if (recall->chunk_count == recall->chunk_room) {
    recall->chunk_room = recall->chunk_room ? recall->chunk_room * 2 : 16;
    recall->chunks = room_grow(recall->chunks, recall->chunk_room, sizeof *recall->chunks);
  }
  size_t bound = ZSTD_compressBound(recall->open.length);
  char *room = room_grow(NULL, bound, 1);
  size_t packed = ZSTD_compress(room, bound, recall->open.bytes, recall->open.length, PACK_LEVEL);
  assert(!ZSTD_isError(packed));
  recall->chunks[recall->chunk_count++] = (chunk){
      .packed = room_grow(room, packed, 1), .packed_bytes = packed, .bytes = recall->open.length};
  buffer_clear(&recall->open);
}

static uint64_t keep_line(recall *recall, treaty_text line) {
  uint64_t place = PACKED | (uint64_t)recall->chunk_count << CHUNK_BITS | recall->open.length;
  uint32_t length = (uint32_t)line.length;
  buffer_put(&recall->open, &length, sizeof length);
  buffer_put(&recall->open, line.bytes, line.length);
  if (recall->open.length >= CHUNK_BYTES) close_chunk(recall);
  return place;
}

uint64_t recall_place(recall *recall, const feed_merge_item *item) {
  bool again = item->offset != FEED_OFFSET_NONE && item->feed < FILES_MAX &&
               item->offset >> OFFSET_BITS == 0;
  return again ? (uint64_t)item->feed << OFFSET_BITS | item->offset : keep_line(recall, item->line);
}

/* ---- Giving again ---------------------------------------------------------------------------- */

static const char *lines_of(recall *recall, uint64_t number) {
  if (number == recall->chunk_count) return recall->open.bytes;
  for (size_t i = 0; i < UNPACKED_KEPT; i++) {
    if (recall->kept[i].chunk == number + 1) return recall->kept[i].lines.bytes;
  }
  unpacked *kept = &recall->kept[recall->kept_next++ % UNPACKED_KEPT];
  const chunk *chunk = &recall->chunks[number];
  kept->chunk = number + 1;
  kept->lines.bytes = room_grow(kept->lines.bytes, chunk->bytes, 1);
  kept->lines.length = kept->lines.room = chunk->bytes;
  size_t bytes =
      ZSTD_decompress(kept->lines.bytes, chunk->bytes, chunk->packed, chunk->packed_bytes);
  assert(bytes == chunk->bytes);
  (void)bytes;
  return kept->lines.bytes;
}

static void read_packed(recall *recall, uint64_t place) {
  uint64_t number = (place & ~PACKED) >> CHUNK_BITS;
  const char *at = lines_of(recall, number) + (place & ((UINT64_C(1) << CHUNK_BITS) - 1));
  uint32_t length;
  memcpy(&length, at, sizeof length);
  buffer_put(&recall->line, at + sizeof length, length);
}

static void read_window(recall *recall, uint64_t feed, uint64_t offset, size_t bytes) {
  int *file = &recall->files[feed];
  if (*file < 0) *file = open(recall->paths[feed], O_RDONLY | O_CLOEXEC);
  ssize_t count = *file < 0 ? -1 : pread(*file, recall->room, bytes, (off_t)offset);
  recall->window = (window){.feed = feed, .offset = offset, .bytes = count > 0 ? (size_t)count : 0};
}

/* What the window holds from there on; whether it holds the line's end. */
static bool holds_line(const recall *recall, uint64_t feed, uint64_t offset, treaty_text *line) {
  const window *window = &recall->window;
  uint64_t skipped = offset - window->offset;
  *line = (treaty_text){.bytes = recall->room};
  if (window->feed != feed || offset < window->offset || skipped >= window->bytes) return false;
  line->bytes = recall->room + skipped;
  line->length = window->bytes - skipped;
  const char *end = memchr(line->bytes, '\n', line->length);
  if (end) line->length = (size_t)(end - line->bytes);
  return end != NULL;
}

/* The events of an account are asked for in order of time, and mostly lie so in the file: a short
 * read gives many of them. False: the file is not what it was. */
static bool read_file(recall *recall, uint64_t place) {
  uint64_t feed = place >> OFFSET_BITS, offset = place & ((UINT64_C(1) << OFFSET_BITS) - 1);
  size_t most = recall->line_bytes_max + 2;
  treaty_text line;
  bool whole = holds_line(recall, feed, offset, &line);
  if (!whole && most > WINDOW_BYTES) {
    read_window(recall, feed, offset, WINDOW_BYTES);
    whole = holds_line(recall, feed, offset, &line);
  }
  if (!whole) {
    read_window(recall, feed, offset, most);
    holds_line(recall, feed, offset, &line); /* the last line may have no end */
  }
  if (line.length > 0 && line.bytes[line.length - 1] == '\r') line.length--;
  buffer_put(&recall->line, line.bytes, line.length);
  return line.length > 0 && line.length <= recall->line_bytes_max;
}

static bool decode_again(recall *recall, uint64_t place) {
  treaty_refusal refusal;
  static const char spare[EVENT_DECODE_SPARE_BYTES] = {0};
  buffer_clear(&recall->line);
  if (place & PACKED)
    read_packed(recall, place);
  else if (!read_file(recall, place))
    return false;
  size_t length = recall->line.length;
  buffer_put(&recall->line, spare, sizeof spare);
  return event_decode(recall->decoder, recall->program, recall->line.bytes, length, &recall->event,
                      &refusal);
}

static bool give_again(void *context, uint64_t place, const treaty_event **event) {
  recall *recall = context;
  *event = event_cache_find(recall->cache, place);
  if (*event) return true;
  if (!decode_again(recall, place)) return false;
  *event = event_cache_keep(recall->cache, place, &recall->event);
  return true;
}

treaty_history recall_history(recall *recall) {
  return (treaty_history){.event = give_again, .context = recall};
}
