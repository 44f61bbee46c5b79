#pragma once
#include <hdf5.h>

// Macros of HDF5 that are expressions, as functions: Swift sees no such macros, and the variables behind them
// are only valid once the library is open, which the macros see to.

static inline hid_t h5_default(void) { return H5P_DEFAULT; }
static inline hid_t h5_error_stack(void) { return H5E_DEFAULT; }
static inline hid_t h5_file_creation(void) { return H5P_FILE_CREATE; }
static inline hid_t h5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t h5_dataset_creation(void) { return H5P_DATASET_CREATE; }
static inline hid_t h5_group_creation(void) { return H5P_GROUP_CREATE; }
static inline hid_t h5_link_creation(void) { return H5P_LINK_CREATE; }
static inline hid_t h5_all(void) { return H5S_ALL; }
static inline hid_t h5_c_string(void) { return H5T_C_S1; }
static inline size_t h5_variable(void) { return H5T_VARIABLE; }
static inline hid_t h5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t h5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t h5_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t h5_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t h5_int8(void) { return H5T_STD_I8LE; }
static inline hid_t h5_int16(void) { return H5T_STD_I16LE; }
static inline hid_t h5_int32(void) { return H5T_STD_I32LE; }
static inline hid_t h5_int64(void) { return H5T_STD_I64LE; }
static inline hid_t h5_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t h5_uint16(void) { return H5T_STD_U16LE; }
static inline hid_t h5_uint32(void) { return H5T_STD_U32LE; }
static inline hid_t h5_uint64(void) { return H5T_STD_U64LE; }
static inline unsigned h5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned h5_truncate(void) { return H5F_ACC_TRUNC; }
