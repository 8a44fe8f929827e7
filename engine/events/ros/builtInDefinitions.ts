const HEADER = `================================================================================
MSG: std_msgs/Header
builtin_interfaces/Time stamp
string frame_id
================================================================================
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
`;

const EVENT_PACKET = `std_msgs/Header header
uint32 height
uint32 width
uint64 seq
uint64 time_base
string encoding
bool is_bigendian
uint8[] events
${HEADER}`;

function eventArray(packageName: string): string {
  return `std_msgs/Header header
uint32 height
uint32 width
${packageName}/Event[] events
================================================================================
MSG: ${packageName}/Event
uint16 x
uint16 y
builtin_interfaces/Time ts
bool polarity
${HEADER}`;
}

const IMAGE = `std_msgs/Header header
uint32 height
uint32 width
string encoding
uint8 is_bigendian
uint32 step
uint8[] data
${HEADER}`;

const IMU = `std_msgs/Header header
geometry_msgs/Quaternion orientation
float64[9] orientation_covariance
geometry_msgs/Vector3 angular_velocity
float64[9] angular_velocity_covariance
geometry_msgs/Vector3 linear_acceleration
float64[9] linear_acceleration_covariance
${HEADER}================================================================================
MSG: geometry_msgs/Quaternion
float64 x
float64 y
float64 z
float64 w
================================================================================
MSG: geometry_msgs/Vector3
float64 x
float64 y
float64 z
`;

/** Definitions of ROS 2 messages for bags that name their types only (.db3 before Iron). */
export const BUILT_IN_DEFINITIONS: Readonly<Record<string, string>> = {
  'event_camera_msgs/EventPacket': EVENT_PACKET,
  'event_array_msgs/EventArray': EVENT_PACKET,
  'dvs_msgs/EventArray': eventArray('dvs_msgs'),
  'prophesee_event_msgs/EventArray': eventArray('prophesee_event_msgs'),
  'sensor_msgs/Image': IMAGE,
  'sensor_msgs/Imu': IMU,
};
