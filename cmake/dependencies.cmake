# Everything we link, as imported targets. cmake/logitlens-config.cmake.in finds the same again for who links us.
find_package(oneDNN REQUIRED)
find_package(Gomp REQUIRED)
find_package(Utf8proc REQUIRED)
find_package(hwy CONFIG REQUIRED)
find_package(fmt 9 CONFIG REQUIRED)
find_package(nlohmann_json 3.11 CONFIG REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_package(CLI11 CONFIG REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
# Figures: Cairo's surfaces and Pango's text.
find_package(PkgConfig REQUIRED)
pkg_check_modules(pangocairo REQUIRED IMPORTED_TARGET pangocairo>=1.50 cairo-svg cairo-pdf cairo-png)
