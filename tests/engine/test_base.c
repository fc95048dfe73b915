/* test_base.c - the hash, the map, the heap and the nearest name, each against a simpler model or
 * published values, and map and heap with every request for memory refused in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/heap.h"
#include "engine/map.h"
#include "grammar/memory.h"
#include "grammar/near.h"

#define SEED 20260801u

/* splitmix64: the same numbers on every machine, from one seed. */
static uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static uint32_t below(uint64_t *state, uint32_t limit) {
  return (uint32_t)(next_random(state) % limit);
}

/* ---- hashes ---- */

static const tr_hash_key counting_key = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

static void to_hex(char *out, uint64_t word) {
  for (int i = 0; i < 8; i++) sprintf(out + 2 * i, "%02x", (unsigned)(word >> (8 * i) & 0xff));
}

/* Of the bytes 00 01 02 ... with the key 00 01 .. 0f, computed with OpenSSL's SIPHASH, c-rounds 1,
 * d-rounds 3; written in the order of the bytes. */
static const struct {
  size_t length;
  const char *hash_64, *hash_128;
} sip_vectors[] = {
    {0, "dcc40f055801acab", "e77ebcb22788a5befd62db6add303001"},
    {1, "93ca577df39bf4c9", "fc6f370460d3eda85e0573cc2b2ff063"},
    {7, "4011b19b987d92d3", "1084b923f2aae0c3a62f2ec80848ab77"},
    {8, "8e9a298d11959036", "aa12fee1d5e3dab4724f16ab35f9c799"},
    {15, "5699512a6dd820d3", "c17e5505b2bd526c2921cdec1e7e0109"},
    {16, "668b907d1add4fcc", "d0a8d95715518eebb513b0f83d9e1793"},
    {63, "a8b3bbb76290199d", "4c5800e34efe426f079f6b0aa75260ad"},
};

static void test_hash_is_siphash(void **state) {
  (void)state;
  unsigned char bytes[64];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)i;
  for (size_t i = 0; i < sizeof sip_vectors / sizeof *sip_vectors; i++) {
    char hex[33] = "";
    size_t length = sip_vectors[i].length;
    to_hex(hex, tr_hash_64(counting_key, bytes, length));
    assert_string_equal(hex, sip_vectors[i].hash_64);
    tr_hash128 hash = tr_hash_128(counting_key, bytes, length);
    to_hex(hex, hash.first);
    to_hex(hex + 16, hash.second);
    assert_string_equal(hex, sip_vectors[i].hash_128);
  }
}

static bool hash128_equal(tr_hash128 a, tr_hash128 b) {
  return a.first == b.first && a.second == b.second;
}

static void test_hash_of_a_pair_sees_the_border(void **state) {
  (void)state;
  tr_hash_key key = {1, 2}, other_key = {1, 3};
  tr_hash128 hash = tr_hash_128_pair(key, "ab", 2, "c", 1);
  assert_true(hash128_equal(hash, tr_hash_128_pair(key, "ab", 2, "c", 1)));
  assert_false(hash128_equal(hash, tr_hash_128_pair(key, "a", 1, "bc", 2)));
  assert_false(hash128_equal(hash, tr_hash_128_pair(key, "abc", 3, "", 0)));
  assert_false(hash128_equal(hash, tr_hash_128_pair(key, "c", 1, "ab", 2)));
  assert_false(hash128_equal(hash, tr_hash_128_pair(other_key, "ab", 2, "c", 1)));
}

/* ---- the map ---- */

#define MAP_KEYS 700u

typedef struct key_box {
  char keys[MAP_KEYS][16];
  uint32_t compared; /* how often the map asked */
} key_box;

static bool same_key(const void *owner, uint32_t index, const void *bytes, size_t length) {
  key_box *box = (key_box *)owner;
  box->compared++;
  return strlen(box->keys[index]) == length && memcmp(box->keys[index], bytes, length) == 0;
}

static void fill_keys(key_box *box) {
  memset(box, 0, sizeof *box);
  for (uint32_t i = 0; i < MAP_KEYS; i++) snprintf(box->keys[i], sizeof box->keys[i], "key-%u", i);
}

static uint32_t find_key(const tr_map *map, const key_box *box, uint32_t i) {
  return tr_map_find(map, box->keys[i], strlen(box->keys[i]));
}

static void check_map(const tr_map *map, const key_box *box, const bool *present) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < MAP_KEYS; i++) {
    assert_int_equal(find_key(map, box, i), present[i] ? i : TR_MAP_NONE);
    count += present[i];
  }
  assert_int_equal(map->count, count);
  assert_true(map->count <= map->room - map->room / 4);
}

/* Adds and removes at random, in waves so that the table grows full and runs empty. */
static void test_map_agrees_with_a_list(void **state) {
  (void)state;
  static key_box box;
  static bool present[MAP_KEYS];
  fill_keys(&box);
  memset(present, 0, sizeof present);
  uint64_t random = SEED;
  print_message("seed %u\n", SEED);
  tr_memory memory = {0};
  tr_map map;
  tr_map_init(&map, &memory, (tr_hash_key){random, ~random}, same_key, &box);
  for (uint32_t step = 0; step < 20000; step++) {
    uint32_t i = below(&random, MAP_KEYS);
    size_t length = strlen(box.keys[i]);
    bool growing = step / 2500 % 2 == 0;
    if (below(&random, 4) != 0 ? growing : !growing) {
      assert_int_equal(tr_map_add(&map, box.keys[i], length, i), i);
      present[i] = true;
    } else {
      uint32_t removed = tr_map_remove(&map, box.keys[i], length);
      assert_int_equal(removed, present[i] ? i : TR_MAP_NONE);
      present[i] = false;
    }
    if (step % 97 == 0) check_map(&map, &box, present);
  }
  check_map(&map, &box, present);
  tr_map_close(&map);
  assert_int_equal(memory.bytes, 0);
  assert_int_equal(find_key(&map, &box, 0), TR_MAP_NONE);
}

static void test_map_keeps_what_was_first(void **state) {
  (void)state;
  static key_box box;
  fill_keys(&box);
  strcpy(box.keys[1], box.keys[0]);
  tr_memory memory = {0};
  tr_map map;
  tr_map_init(&map, &memory, (tr_hash_key){5, 6}, same_key, &box);
  assert_int_equal(tr_map_add(&map, box.keys[0], strlen(box.keys[0]), 0), 0);
  assert_int_equal(tr_map_add(&map, box.keys[1], strlen(box.keys[1]), 1), 0);
  assert_int_equal(map.count, 1);
  tr_memory_close(&memory);
}

/* The stored hash spares the comparison of bytes: a find that fails almost never asks the owner. */
static void test_map_compares_only_equal_hashes(void **state) {
  (void)state;
  static key_box box;
  fill_keys(&box);
  tr_memory memory = {0};
  tr_map map;
  tr_map_init(&map, &memory, (tr_hash_key){7, 8}, same_key, &box);
  for (uint32_t i = 0; i < MAP_KEYS; i++) tr_map_add(&map, box.keys[i], strlen(box.keys[i]), i);
  box.compared = 0;
  for (uint32_t i = 0; i < MAP_KEYS; i++) {
    char absent[24];
    int length = snprintf(absent, sizeof absent, "none-%u", i);
    assert_int_equal(tr_map_find(&map, absent, (size_t)length), TR_MAP_NONE);
  }
  assert_int_equal(box.compared, 0);
  assert_int_equal(find_key(&map, &box, 9), 9);
  assert_int_equal(box.compared, 1);
  tr_memory_close(&memory);
}

/* ---- the heap ---- */

#define HEAP_THINGS 400u

typedef struct thing_box {
  uint32_t rank[HEAP_THINGS];     /* orders things due at one instant */
  uint32_t position[HEAP_THINGS]; /* as the heap reports it */
  int64_t instant_ms[HEAP_THINGS];
} thing_box;

static bool before(const void *owner, uint32_t first, uint32_t second) {
  const thing_box *box = owner;
  return box->rank[first] < box->rank[second];
}

static void moved(void *owner, uint32_t index, uint32_t position) {
  ((thing_box *)owner)->position[index] = position;
}

static void fill_things(thing_box *box) {
  for (uint32_t i = 0; i < HEAP_THINGS; i++) {
    box->rank[i] = (i * 271u) % HEAP_THINGS; /* 271 and 400 share no factor: each rank once */
    box->position[i] = TR_HEAP_NONE;
    box->instant_ms[i] = 0;
  }
}

static void init_heap(tr_heap *heap, tr_memory *memory, thing_box *box) {
  tr_heap_init(heap, memory, (tr_heap_owner){.before = before, .moved = moved, .owner = box});
}

static bool is_due_before(const thing_box *box, uint32_t first, uint32_t second) {
  if (box->instant_ms[first] == box->instant_ms[second]) return before(box, first, second);
  return box->instant_ms[first] < box->instant_ms[second];
}

static uint32_t first_of(const thing_box *box) {
  uint32_t best = TR_HEAP_NONE;
  for (uint32_t i = 0; i < HEAP_THINGS; i++) {
    if (box->position[i] == TR_HEAP_NONE) continue;
    if (best == TR_HEAP_NONE || is_due_before(box, i, best)) best = i;
  }
  return best;
}

static void check_heap(const tr_heap *heap, const thing_box *box) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < HEAP_THINGS; i++) {
    if (box->position[i] == TR_HEAP_NONE) continue;
    count++;
    assert_true(box->position[i] < heap->count);
    assert_int_equal(heap->items[box->position[i]].index, i);
    assert_int_equal(heap->items[box->position[i]].instant_ms, box->instant_ms[i]);
    if (box->position[i] > 0) {
      uint32_t parent = heap->items[(box->position[i] - 1) / 2].index;
      assert_true(is_due_before(box, parent, i));
    }
  }
  assert_int_equal(heap->count, count);
  const tr_heap_item *first = tr_heap_first(heap);
  if (count == 0)
    assert_null(first);
  else
    assert_int_equal(first->index, first_of(box));
}

/* Few different instants, some before 1970, so that ties are common. */
static void test_heap_agrees_with_a_list(void **state) {
  (void)state;
  static thing_box box;
  fill_things(&box);
  uint64_t random = SEED + 1;
  print_message("seed %u\n", SEED + 1);
  tr_memory memory = {0};
  tr_heap heap;
  init_heap(&heap, &memory, &box);
  for (uint32_t step = 0; step < 20000; step++) {
    uint32_t i = below(&random, HEAP_THINGS);
    int64_t instant_ms = (int64_t)below(&random, 60) - 20;
    if (box.position[i] == TR_HEAP_NONE) {
      box.instant_ms[i] = instant_ms;
      tr_heap_add(&heap, instant_ms, i);
    } else if (below(&random, 2) == 0) {
      box.instant_ms[i] = instant_ms;
      tr_heap_move(&heap, box.position[i], instant_ms);
    } else {
      tr_heap_remove(&heap, box.position[i]);
      assert_int_equal(box.position[i], TR_HEAP_NONE);
    }
    check_heap(&heap, &box);
  }
  tr_heap_close(&heap);
  assert_int_equal(memory.bytes, 0);
}

static void drain(tr_heap *heap, const thing_box *box) {
  tr_heap_item last = *tr_heap_first(heap);
  tr_heap_remove(heap, 0);
  while (heap->count > 0) {
    tr_heap_item item = *tr_heap_first(heap);
    tr_heap_remove(heap, 0);
    assert_true(last.instant_ms <= item.instant_ms);
    if (last.instant_ms == item.instant_ms) assert_true(before(box, last.index, item.index));
    last = item;
  }
}

static void test_heap_drains_in_order_however_it_was_filled(void **state) {
  (void)state;
  static thing_box box;
  tr_memory memory = {0};
  tr_heap heap;
  for (int way = 0; way < 2; way++) {
    fill_things(&box);
    init_heap(&heap, &memory, &box);
    for (uint32_t n = 0; n < HEAP_THINGS; n++) {
      uint32_t i = way ? n : HEAP_THINGS - 1 - n;
      tr_heap_add(&heap, i % 5 == 0 ? INT64_MIN : i % 5 == 1 ? INT64_MAX : (int64_t)(i % 3), i);
    }
    drain(&heap, &box);
    tr_heap_close(&heap);
  }
  tr_memory_close(&memory);
}

/* ---- the nearest name ---- */

static const char *const names[] = {"account",   "amount", "budget", "country", "email",
                                    "employees", "id",     "MQL",    "stage",   "state"};

static void expect_near(const char *name, const char *near) {
  const char *found = tr_near_name(name, names, sizeof names / sizeof *names);
  if (near) {
    assert_non_null(found);
    assert_string_equal(found, near);
  } else {
    assert_null(found);
  }
}

static void test_near_name(void **state) {
  (void)state;
  expect_near("acount", "account");
  expect_near("acccount", "account");
  expect_near("acvount", "account");
  expect_near("acocunt", "account");
  expect_near("QML", "MQL"); /* two exchanged are one slip */
  expect_near("emial", "email");
  expect_near("Email", "email");
  expect_near("E-MAIL", "email");
  expect_near("employes", "employees");
  expect_near("emplyoee", "employees"); /* two slips of eight letters */
  expect_near("sql", "MQL");
  expect_near("stafe", "stage"); /* as far from "state": the first wins */
  expect_near("statt", "state");
  expect_near("ip", NULL); /* too short to be sure */
  expect_near("ID", "id");
  expect_near("", NULL);
  expect_near("industry", NULL);
  expect_near("bxxget", "budget");
  expect_near("bxxgex", NULL); /* three slips in six letters */
  expect_near("stagecoach", NULL);
  assert_null(tr_near_name("email", names, 0));
}

static void test_near_name_takes_long_names(void **state) {
  (void)state;
  char longest[TR_NEAR_NAME_BYTES_MAX + 2], other[TR_NEAR_NAME_BYTES_MAX + 2];
  memset(longest, 'a', sizeof longest);
  longest[TR_NEAR_NAME_BYTES_MAX] = '\0';
  strcpy(other, longest);
  other[10] = 'b';
  const char *const one[] = {longest};
  assert_ptr_equal(tr_near_name(other, one, 1), longest);
  longest[TR_NEAR_NAME_BYTES_MAX] = 'a'; /* one more than is compared, on either side */
  longest[TR_NEAR_NAME_BYTES_MAX + 1] = '\0';
  assert_null(tr_near_name(other, one, 1));
  const char *const two[] = {other};
  assert_null(tr_near_name(longest, two, 1));
}

/* ---- no memory ---- */

static void use_map_and_heap(tr_memory *memory, key_box *keys, thing_box *things) {
  tr_map map;
  tr_heap heap;
  tr_map_init(&map, memory, (tr_hash_key){3, 4}, same_key, keys);
  init_heap(&heap, memory, things);
  for (uint32_t i = 0; i < HEAP_THINGS; i++) {
    tr_map_add(&map, keys->keys[i], strlen(keys->keys[i]), i);
    tr_heap_add(&heap, (int64_t)(i * 7919u % 1000), i);
  }
  assert_int_equal(find_key(&map, keys, HEAP_THINGS - 1), HEAP_THINGS - 1);
  drain(&heap, things);
}

/* Lets the n-th request fail; says whether all went well. */
static bool survives(int64_t n, key_box *keys, thing_box *things) {
  tr_memory memory = {0};
  jmp_buf boundary;
  volatile bool fine = false;
  memory.on_failure = &boundary;
  tr_memory_fail_after = n;
  if (setjmp(boundary) == 0) {
    use_map_and_heap(&memory, keys, things);
    fine = true;
  }
  tr_memory_fail_after = -1;
  tr_memory_close(&memory);
  return fine;
}

static void test_map_and_heap_survive_every_refusal(void **state) {
  (void)state;
  static key_box keys;
  static thing_box things;
  fill_keys(&keys);
  fill_things(&things);
  int64_t n = 0;
  while (n < 1000 && !survives(n, &keys, &things)) n++;
  assert_in_range(n, 8, 100); /* it did ask, several times, and got through in the end */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_hash_is_siphash),
      cmocka_unit_test(test_hash_of_a_pair_sees_the_border),
      cmocka_unit_test(test_map_agrees_with_a_list),
      cmocka_unit_test(test_map_keeps_what_was_first),
      cmocka_unit_test(test_map_compares_only_equal_hashes),
      cmocka_unit_test(test_heap_agrees_with_a_list),
      cmocka_unit_test(test_heap_drains_in_order_however_it_was_filled),
      cmocka_unit_test(test_near_name),
      cmocka_unit_test(test_near_name_takes_long_names),
      cmocka_unit_test(test_map_and_heap_survive_every_refusal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
