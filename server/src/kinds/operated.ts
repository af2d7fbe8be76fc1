/**
 * Custom resources of which an operator makes pods in their own namespace, with labels that no manifest holds: API group → kinds. Those of
 * which netpol reads the pods are tables of their own. Sources: the operators' API types, in the repositories that the groups are named for.
 */
const operated: Readonly<Record<string, readonly string[]>> = {
  'acid.zalan.do': ['postgresql'],
  'actions.github.com': ['AutoscalingRunnerSet'],
  'agent.k8s.elastic.co': ['Agent'],
  'apm.k8s.elastic.co': ['ApmServer'],
  'apps.kruise.io': ['BroadcastJob', 'CloneSet', 'DaemonSet', 'StatefulSet'],
  'argoproj.io': ['ArgoCD', 'CronWorkflow', 'EventBus', 'EventSource', 'Sensor', 'Workflow'],
  'beat.k8s.elastic.co': ['Beat'],
  'cassandra.datastax.com': ['CassandraDatacenter'],
  'clickhouse.altinity.com': ['ClickHouseInstallation'],
  'clickhouse-keeper.altinity.com': ['ClickHouseKeeperInstallation'],
  'databases.spotahome.com': ['RedisFailover'],
  'dragonflydb.io': ['Dragonfly'],
  'elasticsearch.k8s.elastic.co': ['Elasticsearch'],
  'flink.apache.org': ['FlinkDeployment'],
  'grafana.integreatly.org': ['Grafana'],
  'jaegertracing.io': ['Jaeger'],
  'k8s.keycloak.org': ['Keycloak'],
  'k8s.mariadb.com': ['MariaDB', 'MaxScale'],
  'k8ssandra.io': ['K8ssandraCluster'],
  'kafka.strimzi.io': ['Kafka', 'KafkaBridge', 'KafkaConnect', 'KafkaMirrorMaker', 'KafkaMirrorMaker2'],
  'kibana.k8s.elastic.co': ['Kibana'],
  'logstash.k8s.elastic.co': ['Logstash'],
  'minio.min.io': ['Tenant'],
  'mongodb.com': ['MongoDB'],
  'mongodbcommunity.mongodb.com': ['MongoDBCommunity'],
  'monitoring.coreos.com': ['PrometheusAgent'],
  'mysql.oracle.com': ['InnoDBCluster'],
  'opensearch.opster.io': ['OpenSearchCluster'],
  'opentelemetry.io': ['OpenTelemetryCollector'],
  'operator.victoriametrics.com': ['VMAgent', 'VMAlert', 'VMAlertmanager', 'VMAuth', 'VMCluster', 'VMSingle'],
  'pgv2.percona.com': ['PerconaPGCluster'],
  'postgres-operator.crunchydata.com': ['PGAdmin', 'PostgresCluster'],
  'postgresql.cnpg.io': ['Cluster', 'Pooler'],
  'psmdb.percona.com': ['PerconaServerMongoDB'],
  'pxc.percona.com': ['PerconaXtraDBCluster'],
  'rabbitmq.com': ['RabbitmqCluster'],
  'ray.io': ['RayCluster', 'RayJob', 'RayService'],
  'redis.redis.opstreelabs.in': ['Redis', 'RedisCluster', 'RedisReplication', 'RedisSentinel'],
  'scylla.scylladb.com': ['ScyllaCluster'],
  'serving.kserve.io': ['InferenceService'],
  'sparkoperator.k8s.io': ['ScheduledSparkApplication', 'SparkApplication'],
  'tekton.dev': ['PipelineRun', 'TaskRun'],
};

/** Whether an operator makes pods of a resource. */
export function isOperated(apiVersion: string, kind: string): boolean {
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
  return Object.hasOwn(operated, group) && operated[group]?.includes(kind) === true;
}

const groupAt = /Version["']?:[ \t]*["']?([a-z0-9.-]{1,253})\//y;

/** Whether a text may hold such a resource, judged without parsing. */
export function mayBeOperated(text: string): boolean {
  // This is asked of every file: a word that begins with a rare letter is found five times sooner than one with a common one.
  for (let at = text.indexOf('Version'); at >= 0; at = text.indexOf('Version', at + 1)) {
    groupAt.lastIndex = at;
    const group = groupAt.exec(text)?.[1];
    if (group !== undefined && Object.hasOwn(operated, group)) return true;
  }
  return false;
}
