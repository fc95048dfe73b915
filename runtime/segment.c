/* segment.c - records in and out of bytes, zstd around them, SHA-256 over the whole. */
#include "runtime/segment.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* The packing is done between two syncs: a higher level costs more than the bytes it saves. */
#define PACK_LEVEL 1

#define RECORD_HEAD_BYTES (1 + 8 + 1 + 4) /* kind, clock_ms, length of feed, length of text */

static void put_little(uint8_t *bytes, uint64_t value, size_t count) {
  for (size_t i = 0; i < count; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get_little(const char *bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; i++) value |= (uint64_t)(uint8_t)bytes[i] << (8 * i);
  return value;
}

void segment_put(buffer *records, const record *record) {
  uint8_t head[RECORD_HEAD_BYTES];
  assert(record->feed.length <= RECORD_FEED_BYTES_MAX && record->text.length <= UINT32_MAX);
  head[0] = (uint8_t)record->kind;
  put_little(head + 1, (uint64_t)record->clock_ms, 8);
  head[9] = (uint8_t)record->feed.length;
  put_little(head + 10, record->text.length, 4);
  buffer_put(records, head, sizeof head);
  if (record->feed.length > 0) buffer_put(records, record->feed.bytes, record->feed.length);
  if (record->text.length > 0) buffer_put(records, record->text.bytes, record->text.length);
}

bool segment_next(const char *records, size_t length, size_t *at, record *record) {
  assert(*at <= length);
  if (length - *at < RECORD_HEAD_BYTES) return false;
  const char *head = records + *at, *body = head + RECORD_HEAD_BYTES;
  size_t rest = length - *at - RECORD_HEAD_BYTES;
  size_t feed_length = (uint8_t)head[9], text_length = (size_t)get_little(head + 10, 4);
  if (head[0] < RECORD_EVENT || head[0] > RECORD_PROGRAM) return false;
  if (feed_length > rest || text_length > rest - feed_length) return false;
  record->kind = (record_kind)head[0];
  record->clock_ms = (int64_t)get_little(head + 1, 8);
  record->feed = (treaty_text){body, feed_length};
  record->text = (treaty_text){body + feed_length, text_length};
  *at += RECORD_HEAD_BYTES + feed_length + text_length;
  return true;
}

/* ---- Sealing --------------------------------------------------------------------------------- */

static void hash_segment(const segment *segment, const uint8_t before[SEGMENT_HASH_BYTES],
                         treaty_text packed, uint8_t hash[SEGMENT_HASH_BYTES]) {
  uint8_t head[32];
  put_little(head, segment->number, 8);
  put_little(head + 8, segment->first_record, 8);
  put_little(head + 16, segment->record_count, 8);
  put_little(head + 24, segment->bytes, 8);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) &&
              EVP_DigestUpdate(context, before, SEGMENT_HASH_BYTES) &&
              EVP_DigestUpdate(context, head, sizeof head) &&
              EVP_DigestUpdate(context, packed.bytes, packed.length) &&
              EVP_DigestFinal_ex(context, hash, NULL);
  EVP_MD_CTX_free(context);
  if (!done)
    abort(); /* SHA-256 fails only without memory; a segment without its hash must not be */
}

void segment_seal(segment *segment, const uint8_t before[SEGMENT_HASH_BYTES], const buffer *records,
                  buffer *packed) {
  assert(records->length > 0 && segment->record_count > 0);
  size_t bound = ZSTD_compressBound(records->length);
  char *room = malloc(bound);
  if (!room) abort();
  size_t length = ZSTD_compress(room, bound, records->bytes, records->length, PACK_LEVEL);
  if (ZSTD_isError(length)) abort(); /* the room is enough, so it is memory that is not */
  buffer_clear(packed);
  buffer_put(packed, room, length);
  free(room);
  segment->bytes = records->length;
  hash_segment(segment, before, (treaty_text){packed->bytes, packed->length}, segment->hash);
}

bool segment_intact(const segment *segment, const uint8_t before[SEGMENT_HASH_BYTES],
                    treaty_text packed) {
  uint8_t hash[SEGMENT_HASH_BYTES];
  hash_segment(segment, before, packed, hash);
  return memcmp(hash, segment->hash, sizeof hash) == 0;
}

void segment_spare(buffer *records) {
  static const char zeros[SEGMENT_SPARE_BYTES] = {0};
  buffer_put(records, zeros, sizeof zeros);
  records->length -= sizeof zeros;
}

bool segment_unpack(const segment *segment, treaty_text packed, buffer *records) {
  if (segment->bytes > SEGMENT_BYTES_MAX) return false;
  char *room = malloc((size_t)segment->bytes + 1);
  if (!room) abort();
  size_t length = ZSTD_decompress(room, (size_t)segment->bytes, packed.bytes, packed.length);
  bool whole = !ZSTD_isError(length) && length == segment->bytes;
  buffer_clear(records);
  if (whole) {
    buffer_put(records, room, length);
    segment_spare(records);
  }
  free(room);
  return whole;
}
