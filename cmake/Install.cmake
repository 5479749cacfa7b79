# The program, and the data it ships with, as it looks for them: share/decodesim/{catalog,models,traces,scenarios}.
set(DATA ${CMAKE_INSTALL_DATADIR}/decodesim)
install(TARGETS decodesim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/models/catalog DESTINATION ${DATA} FILES_MATCHING PATTERN "*.yaml")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/workloads/models DESTINATION ${DATA} FILES_MATCHING PATTERN "*.yaml")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/workloads/traces DESTINATION ${DATA} FILES_MATCHING PATTERN "*.trace")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/scenarios DESTINATION ${DATA} FILES_MATCHING PATTERN "*.yaml")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
