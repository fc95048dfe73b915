/* memory.h - where all memory comes from.
 *
 * Every byte that grammar/ and engine/ hold is asked for through tr_memory_alloc, so that a test
 * can let the N-th request fail, for every N, and so that `treaty dump` and the benchmark can say
 * what a lead costs.
 *
 * A tr_memory is one owner's purse: a load has one, an engine has one. When a request fails,
 * control leaves through `on_failure`, which the public function at the boundary has set; the
 * boundary then throws the whole purse away (tr_memory_close) and returns TREATY_NO_MEMORY. So
 * nothing in between checks for NULL.
 *
 * An arena hands out pieces that live and die together: one for a load, one for a program, one for
 * a step. */
#ifndef TR_MEMORY_H
#define TR_MEMORY_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct tr_memory_block tr_memory_block;

typedef struct tr_memory {
  tr_memory_block *blocks; /* everything alive, newest first */
  size_t bytes;        /* asked for and not yet given back, without the allocator's own overhead */
  jmp_buf *on_failure; /* set by the boundary before any call below */
} tr_memory;

/* The number of further requests that succeed in this process before one fails; negative: none
 * fails. For tests of the out-of-memory paths only. */
extern int64_t tr_memory_fail_after;

/* Gives `bytes` zeroed bytes, aligned for any type. Leaves through on_failure when there are none.
 */
/* Leaves through on_failure: of those that hold memory which is not asked for here (RE2). */
__attribute__((noreturn)) void tr_memory_fail(tr_memory *memory);

void *tr_memory_alloc(tr_memory *memory, size_t bytes);

/* Makes `old` (NULL: nothing yet) at least `bytes` long; what is added is zeroed. */
void *tr_memory_grow(tr_memory *memory, void *old, size_t old_bytes, size_t bytes);

/* Gives one piece back. NULL is fine. */
void tr_memory_free(tr_memory *memory, void *piece);

/* Gives back every piece that is still alive. */
void tr_memory_close(tr_memory *memory);

/* The first piece of a public object, which holds its purse: zeroed, NULL when there is no memory.
 */
void *tr_memory_object(size_t bytes);
void tr_memory_object_free(void *object);

typedef struct tr_arena_chunk tr_arena_chunk;

typedef struct tr_arena {
  tr_memory *memory;     /* where chunks come from */
  tr_arena_chunk *chunk; /* the one being filled; older ones hang behind it */
  size_t used, size;     /* of that chunk, in bytes */
} tr_arena;

void tr_arena_init(tr_arena *arena, tr_memory *memory);

/* Gives `bytes` zeroed bytes, aligned to 16, that live until the arena is reset or its memory
 * closed. */
void *tr_arena_alloc(tr_arena *arena, size_t bytes);

/* Copies `length` bytes and sets a NUL behind them. */
char *tr_arena_copy(tr_arena *arena, const char *bytes, size_t length);

/* Formats as printf does, into the arena. */
char *tr_arena_print(tr_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets all pieces but keeps the newest chunk for what comes next. */
void tr_arena_reset(tr_arena *arena);

#define TR_NEW(arena, type) ((type *)tr_arena_alloc((arena), sizeof(type)))
#define TR_NEW_ARRAY(arena, type, count) \
  ((type *)tr_arena_alloc((arena), sizeof(type) * (size_t)(count)))

/* A growing array: `TR_PUSH(arena, list, item)` for a struct with `items`, `count` and `room`. The
 * old storage stays in the arena until it is reset: twice the final size at worst. */
#define TR_LIST(type) \
  struct {            \
    type *items;      \
    uint32_t count;   \
    uint32_t room;    \
  }
#define TR_PUSH(arena, list, item)                                                        \
  do {                                                                                    \
    if ((list)->count == (list)->room) {                                                  \
      (list)->items =                                                                     \
          tr_arena_regrow((arena), (list)->items, sizeof *(list)->items * (list)->count,  \
                          sizeof *(list)->items * ((list)->room ? (list)->room * 2 : 8)); \
      (list)->room = (list)->room ? (list)->room * 2 : 8;                                 \
    }                                                                                     \
    (list)->items[(list)->count++] = (item);                                              \
  } while (0)

void *tr_arena_regrow(tr_arena *arena, const void *old, size_t old_bytes, size_t bytes);

#endif
