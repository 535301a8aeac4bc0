DROP TABLE report_samples;
DROP TABLE report_counts;
