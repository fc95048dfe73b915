/* map.h - a hash table from bytes to the place of a thing in its owner's array, and the hash
 * itself.
 *
 * The keys stay with the owner: a slot holds 32 bits of hash and an index, 8 bytes, and the owner
 * says whether the thing at an index has given bytes. Open addressing, linear probing, at most
 * three slots in four in use:
 *
 *     slots   | - | h 7 | h 2 | - | h 4 | ...           8 bytes each, 0 means free
 *                    |     '--------> things[2]
 *                    '--------------> things[7]         the owner's array, which holds the keys
 *
 * There is no way to walk over a map: the order of hashes depends on the key of the hash, and no
 * decision may depend on that. Whoever needs an order walks over the array.
 *
 * The slots belong to the memory the map was made with, and die with it or by tr_map_close. */
#ifndef TR_MAP_H
#define TR_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grammar/memory.h"

/* The secret that keeps a sender from choosing keys that collide. */
typedef struct tr_hash_key {
  uint64_t first, second;
} tr_hash_key;

typedef struct tr_hash128 {
  uint64_t first, second;
} tr_hash128;

/* SipHash-1-3 in its published byte order: the same value on every machine. */
uint64_t tr_hash_64(tr_hash_key key, const void *bytes, size_t length);

/* The variant with 128 bits, for what is recognised by its hash alone. */
tr_hash128 tr_hash_128(tr_hash_key key, const void *bytes, size_t length);

/* Of two texts, such as source and id of an event; ("ab", "c") and ("a", "bc") differ. */
tr_hash128 tr_hash_128_pair(tr_hash_key key, const void *first, size_t first_length,
                            const void *second, size_t second_length);

/* A fast hash of a longer text, to tell whether two of one identity are the same: not for tables
 * that an enemy fills. Multiplies and folds 8 bytes at a time, in two lanes. */
uint64_t tr_hash_content(const void *bytes, size_t length);

/* What find, add and remove answer when there is nothing; so it is no index. */
#define TR_MAP_NONE UINT32_MAX

/* Says whether the thing at `index` of the owner's array has exactly these bytes as its key. */
typedef bool tr_map_same(const void *owner, uint32_t index, const void *bytes, size_t length);

typedef struct tr_map_slot {
  uint32_t hash;  /* low half of the key's hash; its lowest bits name the slot it wants */
  uint32_t place; /* index + 1; 0: free */
} tr_map_slot;

typedef struct tr_map {
  tr_memory *memory;
  tr_hash_key key;
  tr_map_same *same;
  const void *owner;  /* handed to `same` */
  tr_map_slot *slots; /* NULL until the first key comes */
  uint32_t count;     /* slots in use */
  uint32_t room;      /* slots there are: 0 or a power of two */
} tr_map;

void tr_map_init(tr_map *map, tr_memory *memory, tr_hash_key key, tr_map_same *same,
                 const void *owner);

/* The index that stands under these bytes, else TR_MAP_NONE. */
uint32_t tr_map_find(const tr_map *map, const void *bytes, size_t length);

/* The index that stands under these bytes already; when none does, puts `index` there and gives it
 * back. The owner's array need not hold the key at `index` yet, but must before the next call. */
uint32_t tr_map_add(tr_map *map, const void *bytes, size_t length, uint32_t index);

/* Takes the key out and gives the index that stood there, else TR_MAP_NONE. The owner's array must
 * still hold the key. */
uint32_t tr_map_remove(tr_map *map, const void *bytes, size_t length);

/* Gives the slots back; the map is empty then and can be used again. */
void tr_map_close(tr_map *map);

#endif
