/* pool.c - see pool.h. */
#include "engine/pool.h"

#include <assert.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024)
#define STEP_BYTES  16

/* What a nest that is full goes on with. */
#define NEST_MORE_BYTES 256

void tr_pool_init(tr_pool *pool, tr_memory *memory) { *pool = (tr_pool){.memory = memory}; }

static size_t class_of(size_t bytes) { return (bytes + STEP_BYTES - 1) / STEP_BYTES; }

/* Fresh bytes, zeroed as the memory gives them. */
static void *cut(tr_pool *pool, size_t whole) {
  if (pool->left < whole) {
    pool->chunk = tr_memory_alloc(pool->memory, CHUNK_BYTES);
    pool->left = CHUNK_BYTES;
  }
  void *piece = pool->chunk;
  pool->chunk += whole;
  pool->left -= whole;
  return piece;
}

static void keep_free(tr_pool *pool, void *piece, size_t class) {
  memcpy(piece, &pool->free[class], sizeof(void *));
  pool->free[class] = piece;
}

tr_nest tr_pool_nest(tr_pool *pool, size_t bytes) {
  assert(bytes % STEP_BYTES == 0 && bytes <= CHUNK_BYTES);
  return (tr_nest){.at = cut(pool, bytes), .left = (uint32_t)bytes};
}

static void *from_nest(tr_nest *nest, size_t whole) {
  void *piece = nest->at;
  nest->at += whole;
  nest->left -= (uint32_t)whole;
  return piece;
}

static void *from_wider_nest(tr_pool *pool, size_t whole) {
  tr_nest *nest = pool->nest;
  size_t rest = nest->left / STEP_BYTES;
  assert(rest < TR_POOL_CLASSES);
  char *rest_at = nest->at;
  *nest = tr_pool_nest(pool, NEST_MORE_BYTES);
  if (rest > 0) keep_free(pool, rest_at, rest);
  return from_nest(nest, whole);
}

void *tr_pool_alloc(tr_pool *pool, size_t bytes) {
  assert(bytes > 0);
  size_t class = class_of(bytes), whole = class * STEP_BYTES;
  if (class >= TR_POOL_CLASSES) return tr_memory_alloc(pool->memory, whole);
  if (pool->nest && pool->nest->left >= whole) return from_nest(pool->nest, whole);
  void *piece = pool->free[class];
  if (piece) {
    memcpy(&pool->free[class], piece, sizeof(void *));
    return memset(piece, 0, whole);
  }
  if (pool->nest && whole <= NEST_MORE_BYTES) return from_wider_nest(pool, whole);
  return cut(pool, whole);
}

void tr_pool_free(tr_pool *pool, void *piece, size_t bytes) {
  if (!piece) return;
  size_t class = class_of(bytes);
  if (class >= TR_POOL_CLASSES)
    tr_memory_free(pool->memory, piece);
  else
    keep_free(pool, piece, class);
}

void *tr_pool_grow(tr_pool *pool, void *items, uint32_t count, uint32_t *room, size_t size) {
  if (count < *room) return items;
  uint32_t wider = count < 2 ? count + 1 : count + count / 2;
  if (*room == 0 && size < STEP_BYTES) wider = (uint32_t)(STEP_BYTES / size);
  void *grown = tr_pool_alloc(pool, size * wider);
  if (count) memcpy(grown, items, size * count);
  if (*room) tr_pool_free(pool, items, size * *room);
  *room = wider;
  return grown;
}
