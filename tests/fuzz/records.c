/* records.c - target: the log of a store. The bytes are records; as far as they are, writing them
 * gives the same bytes. Sealed as a segment they come back, and a segment that was damaged is told
 * from one that was not. The bytes are packed ones, too: those of a disk that lost its mind. */
#include <assert.h>
#include <string.h>

#include "runtime/segment.h"
#include "tests/fuzz/targets.h"

static const uint8_t before[SEGMENT_HASH_BYTES] = {1, 2, 3};

/* Gives how many there are; `written` gets them as segment_put writes them. */
static uint64_t read_records(const char *bytes, size_t length, buffer *written) {
  size_t at = 0, last = 0;
  uint64_t count = 0;
  record record;
  for (; segment_next(bytes, length, &at, &record); count++) {
    assert(at > last && at <= length);
    last = at;
    segment_put(written, &record);
  }
  assert(at == last && written->length == at);
  assert(at == 0 || memcmp(written->bytes, bytes, at) == 0);
  return count;
}

static void seal_and_damage(const buffer *records, uint64_t count) {
  segment segment = {.number = 1, .first_record = 1, .record_count = count};
  buffer packed = {0}, unpacked = {0};
  segment_seal(&segment, before, records, &packed);
  treaty_text text = {packed.bytes, packed.length};
  assert(segment_intact(&segment, before, text));
  assert(segment_unpack(&segment, text, &unpacked) && unpacked.length == records->length);
  assert(memcmp(unpacked.bytes, records->bytes, records->length) == 0);
  uint8_t *hit = (uint8_t *)packed.bytes + (uint8_t)records->bytes[1] % packed.length;
  *hit ^= 0x10;
  assert(!segment_intact(&segment, before, text));
  /* Only an intact segment is unpacked; this one must at least do no harm. */
  if (segment_unpack(&segment, text, &unpacked)) assert(unpacked.length == segment.bytes);
  buffer_free(&packed);
  buffer_free(&unpacked);
}

static void unpack_raw(const char *bytes, size_t length) {
  segment segment = {.number = 1, .first_record = 1, .record_count = 1, .bytes = length * 4};
  buffer unpacked = {0};
  if (segment_unpack(&segment, (treaty_text){bytes, length}, &unpacked))
    assert(unpacked.length == segment.bytes);
  buffer_free(&unpacked);
}

void fuzz_records(const uint8_t *bytes, size_t length) {
  buffer written = {0};
  uint64_t count = read_records((const char *)bytes, length, &written);
  if (count > 0) seal_and_damage(&written, count);
  if (length > 0) unpack_raw((const char *)bytes, length);
  buffer_free(&written);
}
