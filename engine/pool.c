/* pool.c - see pool.h. */
#include "engine/pool.h"

#include <assert.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024)
#define STEP_BYTES 16

void tr_pool_init(tr_pool *pool, tr_memory *memory) { *pool = (tr_pool){.memory = memory}; }

static size_t class_of(size_t bytes) { return (bytes + STEP_BYTES - 1) / STEP_BYTES; }

void *tr_pool_alloc(tr_pool *pool, size_t bytes) {
  assert(bytes > 0);
  size_t class = class_of(bytes), whole = class * STEP_BYTES;
  pool->bytes += whole;
  if (class >= TR_POOL_CLASSES) return tr_memory_alloc(pool->memory, whole);
  void *piece = pool->free[class];
  if (piece) {
    memcpy(&pool->free[class], piece, sizeof(void *));
    memset(piece, 0, whole);
    return piece;
  }
  if (pool->left < whole) {
    pool->chunk = tr_memory_alloc(pool->memory, CHUNK_BYTES);
    pool->left = CHUNK_BYTES;
  }
  piece = pool->chunk;
  pool->chunk += whole;
  pool->left -= whole;
  return piece;
}

void tr_pool_free(tr_pool *pool, void *piece, size_t bytes) {
  if (!piece) return;
  size_t class = class_of(bytes);
  pool->bytes -= class * STEP_BYTES;
  if (class >= TR_POOL_CLASSES) {
    tr_memory_free(pool->memory, piece);
    return;
  }
  memcpy(piece, &pool->free[class], sizeof(void *));
  pool->free[class] = piece;
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
