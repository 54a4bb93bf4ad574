#include "config/load.hpp"

#include <fstream>

/// Brings config/pgadvisor.example.yaml up to date with the key table: write_example FILE.
int main(int count, char** arguments) {
  if (count != 2) return 2;
  std::ofstream file(arguments[1]);
  file << pgadvisor::config::example();
  return file.flush() ? 0 : 1;
}
