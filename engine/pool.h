/* pool.h - small pieces that come and go: facts, windows, leads. One free list for each multiple
 * of 16 bytes, cut from 64 KiB chunks; no header in front of a piece, so its size is told again
 * when it is given back. */
#ifndef TR_POOL_H
#define TR_POOL_H

#include "grammar/memory.h"

#define TR_POOL_CLASSES 64 /* pieces up to 1,024 bytes; larger ones come from the memory itself */

/* Room for pieces that are looked at together: they lie one behind another. */
typedef struct tr_nest {
  char *at;
  uint32_t left; /* bytes */
} tr_nest;

typedef struct tr_pool {
  tr_memory *memory;
  void *free[TR_POOL_CLASSES];
  char *chunk;
  size_t left;   /* of the chunk, in bytes */
  tr_nest *nest; /* where pieces are put now; NULL: anywhere */
} tr_pool;

void tr_pool_init(tr_pool *pool, tr_memory *memory);

/* A new nest, a multiple of 16 bytes; its owner sets pool->nest while its pieces are made. */
tr_nest tr_pool_nest(tr_pool *pool, size_t bytes);

/* Zeroed bytes; leaves through the memory's on_failure when there are none. */
void *tr_pool_alloc(tr_pool *pool, size_t bytes);
void tr_pool_free(tr_pool *pool, void *piece, size_t bytes);

/* Makes an array of `count` items of `size` bytes one longer where `room` is used up. */
void *tr_pool_grow(tr_pool *pool, void *items, uint32_t count, uint32_t *room, size_t size);

#endif
