/* feed_prefix.c - each line's hash is hashed with that of all lines before it. */
#include "runtime/feed_prefix.h"

#include <endian.h>

#include "engine/map.h"

void feed_prefix_add(feed_prefix *prefix, treaty_text line) {
  uint64_t link[3] = {htole64(prefix->hash), htole64(line.length), 0};
  if (line.bytes) link[2] = htole64(tr_hash_content(line.bytes, line.length));
  prefix->hash = tr_hash_content(link, sizeof link);
  prefix->lines++;
}

bool feed_prefix_same(feed_prefix a, feed_prefix b) {
  return a.lines == b.lines && a.hash == b.hash;
}
