/* map.c - SipHash, and open addressing over its low bits; see map.h.
 *
 * Removing moves later slots of the same run back, so that no gravestones are left and a find ends
 * at the first free slot. */
#include "engine/map.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#define ROOM_FIRST 16u
#define ROOM_MAX   ((uint32_t)1 << 31)

/* ---- SipHash-1-3 ----
 *
 * J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", with one round a word and
 * three at the end. */

typedef struct sip {
  uint64_t v0, v1, v2, v3;
} sip;

static uint64_t rotated(uint64_t word, int bits) { return word << bits | word >> (64 - bits); }

static inline void mix(sip *s) {
  s->v0 += s->v1, s->v1 = rotated(s->v1, 13) ^ s->v0, s->v0 = rotated(s->v0, 32);
  s->v2 += s->v3, s->v3 = rotated(s->v3, 16) ^ s->v2;
  s->v0 += s->v3, s->v3 = rotated(s->v3, 21) ^ s->v0;
  s->v2 += s->v1, s->v1 = rotated(s->v1, 17) ^ s->v2, s->v2 = rotated(s->v2, 32);
}

static sip start(tr_hash_key key) {
  return (sip){.v0 = key.first ^ 0x736f6d6570736575u,
               .v1 = key.second ^ 0x646f72616e646f6du,
               .v2 = key.first ^ 0x6c7967656e657261u,
               .v3 = key.second ^ 0x7465646279746573u};
}

static void absorb_word(sip *s, uint64_t word) {
  s->v3 ^= word;
  mix(s);
  s->v0 ^= word;
}

static inline void absorb(sip *s, const void *bytes, size_t length) {
  const unsigned char *at = bytes;
  size_t left = length;
  for (; left >= 8; at += 8, left -= 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    absorb_word(s, le64toh(word));
  }
  uint64_t last = (uint64_t)length << 56;
  while (left > 0) {
    left--;
    last |= (uint64_t)at[left] << (8 * left);
  }
  absorb_word(s, last);
}

static inline uint64_t finish(sip *s) {
  mix(s), mix(s), mix(s);
  return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

static uint64_t folded(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word_at(const unsigned char *at, size_t count) {
  uint64_t word = 0;
  memcpy(&word, at, count);
  return le64toh(word);
}

uint64_t tr_hash_content(const void *bytes, size_t length) {
  static const uint64_t odd[2] = {0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u};
  const unsigned char *at = bytes;
  uint64_t lanes[2] = {odd[1] ^ length, odd[0]};
  size_t left = length;
  for (; left >= 16; at += 16, left -= 16) {
    lanes[0] = folded(lanes[0] ^ word_at(at, 8), odd[0]);
    lanes[1] = folded(lanes[1] ^ word_at(at + 8, 8), odd[1]);
  }
  if (left >= 8) {
    lanes[0] = folded(lanes[0] ^ word_at(at, 8), odd[1]);
    at += 8, left -= 8;
  }
  lanes[1] = folded(lanes[1] ^ word_at(at, left), odd[0]);
  return folded(lanes[0] ^ odd[0], lanes[1] ^ odd[1]);
}

uint64_t tr_hash_64(tr_hash_key key, const void *bytes, size_t length) {
  sip s = start(key);
  absorb(&s, bytes, length);
  s.v2 ^= 0xff;
  return finish(&s);
}

static tr_hash128 finish_128(sip *s) {
  tr_hash128 hash;
  s->v2 ^= 0xee;
  hash.first = finish(s);
  s->v1 ^= 0xdd;
  hash.second = finish(s);
  return hash;
}

tr_hash128 tr_hash_128(tr_hash_key key, const void *bytes, size_t length) {
  sip s = start(key);
  s.v1 ^= 0xee;
  absorb(&s, bytes, length);
  return finish_128(&s);
}

/* Each of the two ends with its own length, so no other cut gives the same words. */
tr_hash128 tr_hash_128_pair(tr_hash_key key, const void *first, size_t first_length,
                            const void *second, size_t second_length) {
  sip s = start(key);
  s.v1 ^= 0xee;
  absorb(&s, first, first_length);
  absorb(&s, second, second_length);
  return finish_128(&s);
}

/* ---- the table ---- */

void tr_map_init(tr_map *map, tr_memory *memory, tr_hash_key key, tr_map_same *same,
                 const void *owner) {
  assert(memory && same);
  *map = (tr_map){.memory = memory, .key = key, .same = same, .owner = owner};
}

/* The slot that holds these bytes, else the free one where they would go. */
static tr_map_slot *slot_of(const tr_map *map, uint32_t hash, const void *bytes, size_t length) {
  assert(map->count < map->room);
  for (uint32_t at = hash;; at++) {
    tr_map_slot *slot = &map->slots[at & (map->room - 1)];
    if (slot->place == 0) return slot;
    if (slot->hash != hash) continue;
    if (map->same(map->owner, slot->place - 1, bytes, length)) return slot;
  }
}

static void make_room(tr_map *map) {
  if (map->count + 1 <= map->room - map->room / 4) return;
  assert(map->room < ROOM_MAX);
  tr_map_slot *old = map->slots;
  uint32_t old_room = map->room, room = old_room ? old_room * 2 : ROOM_FIRST;
  tr_map_slot *slots = tr_memory_alloc(map->memory, sizeof *slots * room);
  for (uint32_t i = 0; i < old_room; i++) {
    if (old[i].place == 0) continue;
    uint32_t at = old[i].hash & (room - 1);
    while (slots[at].place) at = (at + 1) & (room - 1);
    slots[at] = old[i];
  }
  map->slots = slots;
  map->room = room;
  tr_memory_free(map->memory, old);
}

uint32_t tr_map_find(const tr_map *map, const void *bytes, size_t length) {
  if (map->count == 0) return TR_MAP_NONE;
  uint32_t hash = (uint32_t)tr_hash_64(map->key, bytes, length);
  uint32_t place = slot_of(map, hash, bytes, length)->place;
  return place ? place - 1 : TR_MAP_NONE;
}

uint32_t tr_map_add(tr_map *map, const void *bytes, size_t length, uint32_t index) {
  assert(index != TR_MAP_NONE);
  make_room(map);
  uint32_t hash = (uint32_t)tr_hash_64(map->key, bytes, length);
  tr_map_slot *slot = slot_of(map, hash, bytes, length);
  if (slot->place) return slot->place - 1;
  *slot = (tr_map_slot){.hash = hash, .place = index + 1};
  map->count++;
  return index;
}

/* Fills the hole at `hole` from behind: a slot may move there when the hole is not before the
 * place it wants, seen from where it stands. */
static void close_hole(tr_map *map, uint32_t hole) {
  uint32_t mask = map->room - 1;
  for (uint32_t at = (hole + 1) & mask; map->slots[at].place; at = (at + 1) & mask) {
    uint32_t from_wanted = (at - map->slots[at].hash) & mask, from_hole = (at - hole) & mask;
    if (from_wanted < from_hole) continue;
    map->slots[hole] = map->slots[at];
    hole = at;
  }
  map->slots[hole] = (tr_map_slot){0};
}

uint32_t tr_map_remove(tr_map *map, const void *bytes, size_t length) {
  if (map->count == 0) return TR_MAP_NONE;
  uint32_t hash = (uint32_t)tr_hash_64(map->key, bytes, length);
  tr_map_slot *slot = slot_of(map, hash, bytes, length);
  if (slot->place == 0) return TR_MAP_NONE;
  uint32_t index = slot->place - 1;
  close_hole(map, (uint32_t)(slot - map->slots));
  map->count--;
  return index;
}

void tr_map_close(tr_map *map) {
  tr_memory_free(map->memory, map->slots);
  map->slots = NULL;
  map->count = map->room = 0;
}
