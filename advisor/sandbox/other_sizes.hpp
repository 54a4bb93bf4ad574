#pragma once

#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/key_facts.hpp"

namespace pgadvisor::sandbox {

/// Pages of an index of `rows` rows as CREATE INDEX builds it, by access method.
[[nodiscard]] double hash_pages(const KeyFacts& facts, double rows);
[[nodiscard]] double brin_pages(const KeyFacts& facts, double heap_pages);
[[nodiscard]] double gist_pages(const KeyFacts& facts, double rows);
[[nodiscard]] double spgist_pages(const KeyFacts& facts, double rows);

[[nodiscard]] GinContents gin_contents(const KeyFacts& facts, double rows, double heap_pages);

}  // namespace pgadvisor::sandbox
