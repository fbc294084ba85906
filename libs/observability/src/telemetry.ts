export interface TelemetrySettings {
  readonly serviceName: string;
  readonly enabled: boolean;
  /** Base address of the collector. */
  readonly endpoint: string;
  readonly protocol: 'http/protobuf' | 'http/json' | 'grpc';
}

export interface Telemetry {
  /** Sends what is still held back; call at shutdown. */
  shutdown(): Promise<void>;
}

/** Cloud detectors ask metadata services that are not there and hold the start up for seconds. */
const RESOURCE_DETECTORS = 'env,host,os,process';
/** Chatty and of no use here; pino's lines carry their trace ids already. */
const UNUSED = ['fs', 'dns', 'net', 'pino'] as const;

/**
 * Starts exporting traces when `enabled`; otherwise loads nothing. Libraries are instrumented as they are loaded:
 * call this first, and import the rest of the app after it has resolved.
 */
export async function startTelemetry(settings: TelemetrySettings): Promise<Telemetry> {
  if (!settings.enabled) return { shutdown: () => Promise.resolve() };
  // The SDK chooses its exporters by these variables; what an operator set by hand comes first.
  for (const [name, value] of Object.entries(sdkVariables(settings))) process.env[name] ??= value;
  const [{ NodeSDK }, { getNodeAutoInstrumentations }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/auto-instrumentations-node'),
  ]);
  const unused = Object.fromEntries(
    UNUSED.map((name) => [`@opentelemetry/instrumentation-${name}`, { enabled: false }]),
  );
  const sdk = new NodeSDK({ instrumentations: [getNodeAutoInstrumentations(unused)] });
  sdk.start();
  return { shutdown: () => sdk.shutdown() };
}

function sdkVariables({ serviceName, endpoint, protocol }: TelemetrySettings): Record<string, string> {
  return {
    OTEL_SERVICE_NAME: serviceName,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_NODE_RESOURCE_DETECTORS: RESOURCE_DETECTORS,
  };
}
