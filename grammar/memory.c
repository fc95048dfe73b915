/* memory.c - one door for every request; see memory.h. */
#include "grammar/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024)

int64_t tr_memory_fail_after = -1;

/* Stands before every piece: a ring would do as well, a double list makes giving back one step. */
struct tr_memory_block {
  tr_memory_block *next, *previous;
  size_t bytes;
  size_t pad; /* keeps what follows aligned to 16 */
};

static void *request(size_t bytes) {
  if (tr_memory_fail_after == 0) return NULL;
  if (tr_memory_fail_after > 0) tr_memory_fail_after--;
  return calloc(1, bytes);
}

void *tr_memory_object(size_t bytes) { return request(bytes); }

void tr_memory_object_free(void *object) { free(object); }

static void link_block(tr_memory *memory, tr_memory_block *block) {
  block->previous = NULL;
  block->next = memory->blocks;
  if (block->next) block->next->previous = block;
  memory->blocks = block;
  memory->bytes += block->bytes;
}

static void unlink_block(tr_memory *memory, tr_memory_block *block) {
  assert(memory->bytes >= block->bytes);
  if (block->previous)
    block->previous->next = block->next;
  else
    memory->blocks = block->next;
  if (block->next) block->next->previous = block->previous;
  memory->bytes -= block->bytes;
}

void tr_memory_fail(tr_memory *memory) {
  assert(memory->on_failure != NULL);
  longjmp(*memory->on_failure, 1);
}

void *tr_memory_alloc(tr_memory *memory, size_t bytes) {
  if (bytes > SIZE_MAX / 2) tr_memory_fail(memory);
  tr_memory_block *block = request(sizeof *block + bytes);
  if (!block) tr_memory_fail(memory);
  block->bytes = bytes;
  link_block(memory, block);
  return block + 1;
}

void *tr_memory_grow(tr_memory *memory, void *old, size_t old_bytes, size_t bytes) {
  void *piece = tr_memory_alloc(memory, bytes);
  if (old) memcpy(piece, old, old_bytes < bytes ? old_bytes : bytes);
  tr_memory_free(memory, old);
  return piece;
}

void tr_memory_free(tr_memory *memory, void *piece) {
  if (!piece) return;
  tr_memory_block *block = (tr_memory_block *)piece - 1;
  unlink_block(memory, block);
  free(block);
}

void tr_memory_close(tr_memory *memory) {
  while (memory->blocks) {
    tr_memory_block *block = memory->blocks;
    unlink_block(memory, block);
    free(block);
  }
  assert(memory->bytes == 0);
}

struct tr_arena_chunk {
  tr_arena_chunk *older;
  size_t size;
};

void tr_arena_init(tr_arena *arena, tr_memory *memory) { *arena = (tr_arena){.memory = memory}; }

static size_t aligned(size_t bytes) { return (bytes + 15) & ~(size_t)15; }

static void *chunk_start(tr_arena_chunk *chunk) { return (char *)chunk + aligned(sizeof *chunk); }

void *tr_arena_alloc(tr_arena *arena, size_t bytes) {
  bytes = aligned(bytes ? bytes : 1);
  if (!arena->chunk || arena->size - arena->used < bytes) {
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    tr_arena_chunk *chunk = tr_memory_alloc(arena->memory, aligned(sizeof *chunk) + size);
    chunk->older = arena->chunk;
    chunk->size = size;
    arena->chunk = chunk;
    arena->used = 0;
    arena->size = size;
  }
  void *piece = (char *)chunk_start(arena->chunk) + arena->used;
  arena->used += bytes;
  return piece;
}

void *tr_arena_regrow(tr_arena *arena, const void *old, size_t old_bytes, size_t bytes) {
  void *piece = tr_arena_alloc(arena, bytes);
  if (old_bytes) memcpy(piece, old, old_bytes);
  return piece;
}

char *tr_arena_copy(tr_arena *arena, const char *bytes, size_t length) {
  char *copy = tr_arena_alloc(arena, length + 1);
  if (length) memcpy(copy, bytes, length);
  return copy;
}

char *tr_arena_print(tr_arena *arena, const char *format, ...) {
  va_list values, again;
  va_start(values, format);
  va_copy(again, values);
  int length = vsnprintf(NULL, 0, format, values);
  va_end(values);
  assert(length >= 0);
  char *text = tr_arena_alloc(arena, (size_t)length + 1);
  vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  return text;
}

void tr_arena_reset(tr_arena *arena) {
  if (!arena->chunk) return;
  while (arena->chunk->older) {
    tr_arena_chunk *older = arena->chunk->older;
    arena->chunk->older = older->older;
    tr_memory_free(arena->memory, older);
  }
  memset(chunk_start(arena->chunk), 0, arena->used);
  arena->used = 0;
  arena->size = arena->chunk->size;
}
