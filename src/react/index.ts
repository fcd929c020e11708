'use client';
export type { CacheData, CacheResponse, CacheUpdate } from '../http/types.js';
/** pg-evergreen/react: `usePersonalityCache` and `CacheStatusIndicator`, for React 18 and 19 with swr. */
export { CacheStatusIndicator, type CacheStatusIndicatorProps, type CacheStatusLabels } from './cache-status-indicator.js';
export { RelativeTime, type RelativeTimeProps } from './relative-time.js';
export { type ConnectionOptions, type Fetcher, PersonalityCacheError } from './request.js';
export {
  type PersonalityCache,
  type PersonalityCacheOptions,
  type PersonalityChange,
  personalityFallback,
  prefetchPersonality,
  usePersonalityCache,
} from './use-personality-cache.js';
export type { WriteResult } from './writes.js';
